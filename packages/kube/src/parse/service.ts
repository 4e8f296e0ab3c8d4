import type { AddressRequest, ObjectRef, ServiceIntent, ServicePort } from "@fairlead/model";
import { type Family, formatAddress, type IpAddress, parsePrefix, prefixRange, tryParseAddress } from "@fairlead/net";
import type { z } from "zod";
import { service as serviceSchema } from "../schema/builtin.ts";
import { API_GROUP } from "../schema/custom-resource.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { check, parseEach, type Read } from "./read.ts";

/** Annotations of a Service that Fairlead reads. */
export const ANNOTATIONS = {
  /** Addresses asked for: one, or two of different families with a comma between. */
  loadBalancerIPs: "fairlead.dev/loadBalancerIPs",
  /** Name of the IPAddressPool asked for. */
  addressPool: "fairlead.dev/address-pool",
  /** Services of one value may share an address. */
  allowSharedIP: "fairlead.dev/allow-shared-ip",
  /** "true": let go of addresses that are draining. */
  reallocate: "fairlead.dev/reallocate",
} as const;

/** Type of the condition that says whether a Service has its address. */
export const ALLOCATED = "fairlead.dev/Allocated";

/** Reads a Service of any type. */
export function readService(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<ServiceIntent> {
  const checked = check(ref, serviceSchema, raw);
  if ("problems" in checked) return checked;
  const { spec, status } = checked.value;
  const ranges = parseEach(ref, "spec.loadBalancerSourceRanges", spec.loadBalancerSourceRanges, (text) =>
    prefixRange(parsePrefix(text.trim())),
  );
  if (ranges.problems.length > 0) return { problems: ranges.problems };
  const ingress = status?.loadBalancer?.ingress ?? [];
  const allocated = status?.conditions?.find(({ type }) => type === ALLOCATED);
  return {
    value: {
      namespace: ref.namespace ?? "default",
      name: ref.name,
      uid: meta.uid,
      labels: meta.labels ?? {},
      created: meta.creationTimestamp ?? "",
      wantsLoadBalancer:
        spec.type === "LoadBalancer" &&
        spec.clusterIP !== "None" &&
        (meta.deletionTimestamp ?? undefined) === undefined,
      ...(spec.loadBalancerClass === undefined ? {} : { loadBalancerClass: spec.loadBalancerClass }),
      families: families(spec),
      familyPolicy: spec.ipFamilyPolicy,
      request: readRequest(meta, spec.loadBalancerIP),
      ingress: ingress.flatMap(({ ip }) => canonical(ip)),
      otherIngress: ingress.flatMap(({ ip, hostname }) => (canonical(ip).length > 0 ? [] : [hostname ?? ip ?? ""])),
      externalTrafficPolicy: spec.externalTrafficPolicy,
      sessionAffinity: spec.sessionAffinity,
      sourceRanges: ranges.values,
      ports: spec.ports.map(readPort),
      sharingKey: meta.annotations?.[ANNOTATIONS.allowSharedIP] ?? "",
      backend: spec.externalTrafficPolicy === "Local" ? canonicalSelector(spec.selector) : "",
      allocated: allocated && { status: allocated.status, reason: allocated.reason, message: allocated.message },
      reallocate: meta.annotations?.[ANNOTATIONS.reallocate] === "true",
      unknownAnnotations: unknownAnnotations(meta),
    },
  };
}

type ServiceSpec = z.output<typeof serviceSchema>["spec"];

// The cluster addresses say what the API server settled on; a folder of manifests may have neither.
function families(spec: ServiceSpec): Family[] {
  const clusterAddresses = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const settled = clusterAddresses.flatMap((text) => tryParseAddress(text)?.family ?? []);
  if (settled.length > 0) return settled;
  const asked = (spec.ipFamilies ?? []).map((name): Family => (name === "IPv6" ? 6 : 4));
  return asked.length > 0 ? asked : [4];
}

function readRequest(meta: ObjectMeta, loadBalancerIP: string | undefined): AddressRequest {
  const annotations = meta.annotations ?? {};
  const annotation = annotations[ANNOTATIONS.loadBalancerIPs];
  const field = loadBalancerIP === "" ? undefined : loadBalancerIP;
  const pool = annotations[ANNOTATIONS.addressPool];
  const value = annotation ?? field;
  if (value === undefined) return pool === undefined ? { kind: "any" } : { kind: "pool", pool };
  if (annotation !== undefined && field !== undefined && !sameAddresses(annotation, field)) {
    return { kind: "conflicting", annotation, field };
  }
  const source = annotation === undefined ? "spec.loadBalancerIP" : `annotation ${ANNOTATIONS.loadBalancerIPs}`;
  const addresses = parseAddresses(value);
  const parsed = addresses.filter((address) => address !== undefined);
  const onePerFamily = new Set(parsed.map(({ family }) => family)).size === parsed.length;
  if (parsed.length < addresses.length || !onePerFamily) return { kind: "malformed", source, value };
  return { kind: "addresses", addresses: parsed, ...(pool !== undefined && { pool }) };
}

function parseAddresses(value: string): (IpAddress | undefined)[] {
  return value.split(",").map((text) => tryParseAddress(text.trim()));
}

// Both may be there while a Service goes from the one to the other, as long as they mean the same.
function sameAddresses(a: string, b: string): boolean {
  const canonicalText = (value: string) => {
    return parseAddresses(value).map((address) => (address === undefined ? value : formatAddress(address)));
  };
  return canonicalText(a).sort().join() === canonicalText(b).sort().join();
}

function canonicalSelector(selector: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join();
}

const KNOWN: ReadonlySet<string> = new Set(Object.values(ANNOTATIONS));

function unknownAnnotations({ annotations }: ObjectMeta): string[] {
  return Object.keys(annotations ?? {}).filter((key) => key.startsWith(`${API_GROUP}/`) && !KNOWN.has(key));
}

function readPort({ name, protocol, port, nodePort }: ServiceSpec["ports"][number]): ServicePort {
  return { name, protocol, port, ...(nodePort === undefined || nodePort === 0 ? {} : { nodePort }) };
}

function canonical(ip: string | undefined): string[] {
  const address = ip === undefined ? undefined : tryParseAddress(ip);
  return address === undefined ? [] : [formatAddress(address)];
}

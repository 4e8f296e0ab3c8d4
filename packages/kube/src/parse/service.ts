import {
  type AddressRequest,
  CLEANUP_FINALIZER,
  FIELD_MANAGER,
  type ObjectRef,
  type Service,
  type ServicePort,
} from "@fairlead/model";
import { type Family, formatAddress, type IpAddress, parsePrefix, prefixRange, tryParseAddress } from "@fairlead/net";
import type { z } from "zod";
import { service as serviceSchema } from "../schema/builtin.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { type Reading, readAnnotation, unknownAnnotations } from "./annotations.ts";
import { check, parseEach, type Read } from "./read.ts";

/** Type of the condition that says whether a Service has its address. */
export const ALLOCATED = "fairlead.dev/Allocated";

/** Reads a Service of any type. */
export function readService(ref: ObjectRef, meta: ObjectMeta, raw: unknown, reading: Reading = {}): Read<Service> {
  const checked = check(ref, serviceSchema, raw);
  if ("problems" in checked) return checked;
  const { spec, status } = checked.value;
  const ranges = parseEach(ref, "spec.loadBalancerSourceRanges", spec.loadBalancerSourceRanges, (text) =>
    prefixRange(parsePrefix(text.trim())),
  );
  const isDeleting = (meta.deletionTimestamp ?? undefined) !== undefined;
  // Whatever is wrong with one that goes must not keep it from going: our finalizer may be on it.
  if (ranges.problems.length > 0 && !isDeleting) return { problems: ranges.problems };
  const ingress = status?.loadBalancer?.ingress ?? [];
  const finalizer = readFinalizer(meta);
  const allocated = status?.conditions?.find(({ type }) => type === ALLOCATED);
  return {
    value: {
      namespace: ref.namespace ?? "default",
      name: ref.name,
      uid: meta.uid,
      labels: meta.labels ?? {},
      created: meta.creationTimestamp ?? "",
      wantsLoadBalancer: spec.type === "LoadBalancer" && spec.clusterIP !== "None" && !isDeleting,
      ...(spec.loadBalancerClass === undefined ? {} : { loadBalancerClass: spec.loadBalancerClass }),
      families: families(spec),
      familyPolicy: spec.ipFamilyPolicy,
      request: readRequest(meta, spec.loadBalancerIP, reading),
      addressesPerFamily: readCount(readAnnotation(meta, "addresses", reading)?.value) ?? 1,
      statusWriter: statusWriter(meta),
      ingress: ingress.flatMap(({ ip }) => canonical(ip)),
      otherIngress: ingress.flatMap(({ ip, hostname }) => (canonical(ip).length > 0 ? [] : [hostname ?? ip ?? ""])),
      externalTrafficPolicy: spec.externalTrafficPolicy,
      sessionAffinity: spec.sessionAffinity,
      sourceRanges: ranges.values,
      ports: spec.ports.map(readPort),
      sharingKey: readAnnotation(meta, "allowSharedIP", reading)?.value ?? "",
      backend: spec.externalTrafficPolicy === "Local" ? canonicalSelector(spec.selector) : "",
      allocated: allocated && {
        status: allocated.status,
        reason: allocated.reason,
        message: allocated.message,
        since: allocated.lastTransitionTime,
      },
      ...(finalizer !== undefined && { finalizer }),
      reallocate: readAnnotation(meta, "reallocate", reading)?.value === "true",
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

function readRequest(meta: ObjectMeta, loadBalancerIP: string | undefined, reading: Reading): AddressRequest {
  const annotation = readAnnotation(meta, "loadBalancerIPs", reading);
  const field = loadBalancerIP === "" ? undefined : loadBalancerIP;
  const count = readAnnotation(meta, "addresses", reading);
  if (count !== undefined && readCount(count.value) === undefined) {
    const must = `be a whole number from 1 to ${MOST_ADDRESSES}`;
    return { kind: "malformed", source: `annotation ${count.key}`, must, value: count.value };
  }
  const pools = readAnnotation(meta, "addressPool", reading)
    ?.value.split(",")
    .map((name) => name.trim());
  const value = annotation?.value ?? field;
  if (value === undefined) return pools === undefined ? { kind: "any" } : { kind: "pools", pools };
  if (annotation !== undefined && field !== undefined && !sameAddresses(annotation.value, field)) {
    return { kind: "conflicting", annotation: annotation.value, field };
  }
  const source = annotation === undefined ? "spec.loadBalancerIP" : `annotation ${annotation.key}`;
  const addresses = parseAddresses(value);
  const parsed = addresses.filter((address) => address !== undefined);
  const most = readCount(count?.value) ?? 1;
  const tooMany = [4, 6].some((family) => parsed.filter((address) => address.family === family).length > most);
  const twice = new Set(parsed.map(formatAddress)).size < parsed.length;
  if (parsed.length < addresses.length || tooMany || twice) {
    const each = most === 1 ? "one IP address" : `at most ${most} different IP addresses`;
    const must = `be ${each} of each family of the Service, separated by a comma`;
    return { kind: "malformed", source, must, value };
  }
  return { kind: "addresses", addresses: parsed, ...(pools !== undefined && { pools }) };
}

/** The most addresses of one family that a Service may ask for. */
const MOST_ADDRESSES = 8;

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-8]$/.test(text) ? Number(text) : undefined;
}

// The API server notes for each field who wrote it last (server-side apply's field management).
function statusWriter({ managedFields }: ObjectMeta): string | undefined {
  const writers = (managedFields ?? []).filter(
    ({ fieldsV1 }) => fieldsV1?.["f:status"]?.["f:loadBalancer"] !== undefined,
  );
  return writers.sort((a, b) => compareTimes(a.time, b.time)).at(-1)?.manager;
}

function readFinalizer({ finalizers, managedFields }: ObjectMeta): Service["finalizer"] {
  if (!finalizers?.includes(CLEANUP_FINALIZER)) return undefined;
  const key = `v:${JSON.stringify(CLEANUP_FINALIZER)}`;
  const own = managedFields?.some(
    ({ manager, fieldsV1 }) =>
      manager === FIELD_MANAGER && fieldsV1?.["f:metadata"]?.["f:finalizers"]?.[key] !== undefined,
  );
  return own ? "own" : "foreign";
}

function compareTimes(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
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

function readPort({ name, protocol, port, nodePort }: ServiceSpec["ports"][number]): ServicePort {
  return { name, protocol, port, ...(nodePort === undefined || nodePort === 0 ? {} : { nodePort }) };
}

function canonical(ip: string | undefined): string[] {
  const address = ip === undefined ? undefined : tryParseAddress(ip);
  return address === undefined ? [] : [formatAddress(address)];
}

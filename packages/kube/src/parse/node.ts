import type { Endpoint, NodeInfo, NodeNetworks, ObjectRef, PortEndpoints, ServiceRange } from "@fairlead/model";
import { parsePrefix, prefixRange, tryParseAddress } from "@fairlead/net";
import { z } from "zod";
import { endpointSlice, node as nodeSchema, serviceCidr } from "../schema/builtin.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { speakerStatus } from "../schema/speaker-status.ts";
import { check, parseEach, type Read } from "./read.ts";

/** Reads a Node. */
export function readNode(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<NodeInfo> {
  const checked = check(ref, nodeSchema, raw);
  if ("problems" in checked) return checked;
  const { spec, status } = checked.value;
  const holds = (type: string) => status.conditions.some((c) => c.type === type && c.status === "True");
  const addressesOf = (types: readonly string[]) =>
    status.addresses
      .filter(({ type }) => types.includes(type))
      .flatMap(({ address }) => tryParseAddress(address) ?? []);
  const podRanges = parseEach(ref, "spec.podCIDRs", spec.podCIDRs, (text) => prefixRange(parsePrefix(text)));
  if (podRanges.problems.length > 0) return { problems: podRanges.problems };
  return {
    value: {
      name: ref.name,
      labels: meta.labels ?? {},
      ready: holds("Ready"),
      networkUnavailable: holds("NetworkUnavailable"),
      internalAddresses: addressesOf(["InternalIP"]),
      addresses: addressesOf(["InternalIP", "ExternalIP"]),
      podRanges: podRanges.values,
    },
  };
}

const ANSWERS = z
  .array(z.object({ address: z.string() }))
  .optional()
  .catch(undefined);

// A status that nobody could read must not make a SpeakerStatus unreadable.
const SPEAKER_STATUS = z.object({
  status: speakerStatus.status
    .pick({ links: true, conflicts: true })
    .extend({ addresses: ANSWERS, shared: ANSWERS })
    .optional()
    .catch(undefined),
});

/** Reads of a SpeakerStatus what the node is connected to, and what it answers for. */
export function readNodeNetworks(ref: ObjectRef, _meta: ObjectMeta, raw: unknown): Read<NodeNetworks> {
  const checked = check(ref, SPEAKER_STATUS, raw);
  if ("problems" in checked) return checked;
  const { links = [], conflicts = [], addresses = [], shared = [] } = checked.value.status ?? {};
  const subnets = parseEach(
    ref,
    "status.links",
    links.flatMap((link) => link.subnets),
    parsePrefix,
  ).values;
  const gateways = links.flatMap((link) => link.gateways ?? []).flatMap((text) => tryParseAddress(text) ?? []);
  const strangers = conflicts.flatMap(({ address, mac, link, reason, beforeAnnounced }) => {
    const ip = tryParseAddress(address);
    // Where the speaker answers too, the address stays in use.
    return ip === undefined || reason !== "AddressInUse" ? [] : [{ address: ip, mac, link, isNew: beforeAnnounced }];
  });
  const answers = new Set([...addresses, ...shared].map(({ address }) => address));
  return { value: { name: ref.name, subnets, gateways, macs: links.map(({ mac }) => mac), strangers, answers } };
}

/** When the speaker wrote a SpeakerStatus, RFC 3339. */
export function readLastSeen(raw: unknown): string | undefined {
  const checked = LAST_SEEN.safeParse(raw);
  return checked.success ? checked.data.status.lastSeen : undefined;
}

const LAST_SEEN = z.object({ status: speakerStatus.status.pick({ lastSeen: true }) });

/** Reads a ServiceCIDR. */
export function readServiceRange(ref: ObjectRef, _meta: ObjectMeta, raw: unknown): Read<ServiceRange> {
  const checked = check(ref, serviceCidr, raw);
  if ("problems" in checked) return checked;
  const { cidrs } = checked.value.spec;
  const { values, problems } = parseEach(ref, "spec.cidrs", cidrs, (text) => prefixRange(parsePrefix(text)));
  return problems.length > 0 ? { problems } : { value: { name: ref.name, ranges: values } };
}

/** Label of an EndpointSlice that names its Service. */
const SERVICE_NAME = "kubernetes.io/service-name";

/** Reads an EndpointSlice: one entry for each port. A slice of host names, or of no Service, has none. */
export function readEndpointSlice(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<readonly PortEndpoints[]> {
  const checked = check(ref, endpointSlice, raw);
  if ("problems" in checked) return checked;
  const slice = checked.value;
  const service = meta.labels?.[SERVICE_NAME];
  if (service === undefined || slice.addressType === "FQDN") return { value: [] };
  return {
    value: (slice.ports ?? []).flatMap((port): PortEndpoints[] => {
      if (port.port === null || port.port === undefined) return [];
      const portNumber = port.port;
      return [
        {
          namespace: ref.namespace ?? "default",
          service,
          portName: port.name ?? "",
          protocol: port.protocol ?? "TCP",
          endpoints: (slice.endpoints ?? []).flatMap((endpoint) => readEndpoint(endpoint, portNumber)),
        },
      ];
    }),
  };
}

type SliceEndpoint = NonNullable<z.output<typeof endpointSlice>["endpoints"]>[number];

// Consumers take the first address of an endpoint; an unset ready means ready, an unset serving means ready's value.
function readEndpoint({ addresses, nodeName, conditions }: SliceEndpoint, port: number): Endpoint[] {
  const address = addresses[0] === undefined ? undefined : tryParseAddress(addresses[0]);
  if (address === undefined) return [];
  const ready = conditions.ready ?? true;
  const serving = conditions.serving ?? ready;
  const onNode = nodeName === null || nodeName === undefined || nodeName === "" ? {} : { nodeName };
  return [{ address, port, ready, serving, ...onNode }];
}

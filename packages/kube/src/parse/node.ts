import type { Endpoint, NodeInfo, ObjectRef, PortEndpoints } from "@fairlead/model";
import { parsePrefix, prefixRange, tryParseAddress } from "@fairlead/net";
import type { z } from "zod";
import { endpointSlice, node as nodeSchema } from "../schema/builtin.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { check, parseEach, type Read } from "./read.ts";

/** Reads a Node. */
export function readNode(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<NodeInfo> {
  const checked = check(ref, nodeSchema, raw);
  if ("problems" in checked) return checked;
  const { spec, status } = checked.value;
  const holds = (type: string) => status.conditions.some((c) => c.type === type && c.status === "True");
  const podRanges = parseEach(ref, "spec.podCIDRs", spec.podCIDRs, (text) => prefixRange(parsePrefix(text)));
  if (podRanges.problems.length > 0) return { problems: podRanges.problems };
  return {
    value: {
      name: ref.name,
      labels: meta.labels ?? {},
      ready: holds("Ready"),
      networkUnavailable: holds("NetworkUnavailable"),
      internalAddresses: status.addresses
        .filter(({ type }) => type === "InternalIP")
        .flatMap(({ address }) => tryParseAddress(address) ?? []),
      podRanges: podRanges.values,
    },
  };
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

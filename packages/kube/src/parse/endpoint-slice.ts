import type { Endpoint, ObjectRef, PortEndpoints } from "@fairlead/model";
import { tryParseAddress } from "@fairlead/net";
import type { z } from "zod";
import { endpointSlice } from "../schema/builtin.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { check, type Read } from "./read.ts";

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
  const ending = conditions.terminating === true ? { terminating: true as const } : {};
  return [{ address, port, ready, serving, ...ending, ...onNode }];
}

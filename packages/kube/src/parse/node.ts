import type { NodeInfo, ObjectRef } from "@fairlead/model";
import { parsePrefix, prefixRange, tryParseAddress } from "@fairlead/net";
import { node as nodeSchema } from "../schema/builtin.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
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

import type { IPClaim, ObjectRef } from "@fairlead/model";
import { type Family, formatAddress, parseAddress, tryParseAddress } from "@fairlead/net";
import { z } from "zod";
import { ipClaim } from "../schema/ip-claim.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { readSelector } from "./label-selector.ts";
import { check, parseEach, type Read } from "./read.ts";

/** Type of the condition that says whether an IPClaim has what it claims. */
export const RESERVED = "Reserved";

// A status that nobody could read must not make a claim unreadable.
const SCHEMA = z.object({ spec: ipClaim.spec, status: ipClaim.status.optional().catch(undefined) });

/** Reads an IPClaim. */
export function readClaim(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<IPClaim> {
  const checked = check(ref, SCHEMA, raw);
  if ("problems" in checked) return checked;
  const { spec, status } = checked.value;
  const fault = (field: string, message: string): Read<IPClaim> => {
    return { problems: [{ object: ref, field, reason: "InvalidObject", message }] };
  };
  const { serviceName, serviceSelector } = spec;
  if ((serviceName === undefined) === (serviceSelector === undefined)) {
    return fault("spec", "exactly one of serviceName and serviceSelector must be given");
  }
  const addresses = parseEach(ref, "spec.addresses", spec.addresses ?? [], parseAddress);
  if (addresses.problems.length > 0) return { problems: addresses.problems };
  const asked = addresses.values.map(({ family }) => family);
  if (new Set(asked).size < asked.length)
    return fault("spec.addresses", "must have one address of each family at most");
  const named = (spec.ipFamilies ?? ["IPv4"]).map((name): Family => (name === "IPv6" ? 6 : 4));
  const condition = status?.conditions?.find(({ type }) => type === RESERVED);
  return {
    value: {
      namespace: ref.namespace ?? "default",
      name: ref.name,
      uid: meta.uid,
      created: meta.creationTimestamp ?? "",
      for:
        serviceSelector === undefined
          ? { serviceName: serviceName ?? "" }
          : { serviceSelector: readSelector(serviceSelector) },
      addresses: spec.addresses === undefined ? undefined : addresses.values,
      families: [...new Set(spec.addresses === undefined ? named : asked)],
      pools: spec.ipAddressPools,
      reserved: (status?.addresses ?? []).flatMap((text) => {
        const address = tryParseAddress(text);
        return address === undefined ? [] : [formatAddress(address)];
      }),
      condition: condition && { status: condition.status, reason: condition.reason, message: condition.message },
    },
  };
}

import type { Allocation, ObjectRef } from "@fairlead/model";
import { addressOctets, formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import { z } from "zod";
import { ipAllocation } from "../schema/ip-allocation.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { check, parseEach, type Read } from "./read.ts";

/**
 * Name of the IPAllocation of an address, one for one: the IPv4 address itself; for IPv6, which has colons that names
 * may not have, its eight groups in full with hyphens ("2001-0db8-0000-0000-0000-0000-0000-0001").
 */
export function allocationName(address: IpAddress): string {
  if (address.family === 4) return formatAddress(address);
  const hex = Buffer.from(addressOctets(address)).toString("hex");
  return (hex.match(/.{4}/g) ?? []).join("-");
}

/** Reads an IPAllocation. */
export function readAllocation(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<Allocation> {
  const checked = check(ref, z.object({ spec: ipAllocation.spec }), raw);
  if ("problems" in checked) return checked;
  const { address, pool, serviceRef } = checked.value.spec;
  const { values, problems } = parseEach(ref, "spec.address", [address], parseAddress);
  const [parsed] = values;
  if (parsed === undefined) return { problems };
  return { value: { name: ref.name, uid: meta.uid, address: formatAddress(parsed), pool, service: serviceRef } };
}

import type { Allocation, ObjectRef } from "@fairlead/model";
import { addressGroups, formatAddress, type IpAddress, tryParseAddress } from "@fairlead/net";
import { z } from "zod";
import { ipAllocation } from "../schema/ip-allocation.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { check, type Read } from "./read.ts";

/** Type of the condition that says whether an address stays only because its Service holds it. */
export const DRAINING = "Draining";

// A status that nobody could read must not make a record unreadable.
const SCHEMA = z.object({ spec: ipAllocation.spec, status: ipAllocation.status.optional().catch(undefined) });

/**
 * Name of the IPAllocation of an address, one for one: the IPv4 address itself; for IPv6, which has colons that names
 * may not have, its eight groups in full with hyphens ("2001-0db8-0000-0000-0000-0000-0000-0001").
 */
export function allocationName(address: IpAddress): string {
  if (address.family === 4) return formatAddress(address);
  return addressGroups(address.value).join("-");
}

/** The inverse of {@link allocationName}; undefined for any other text. */
export function allocatedAddress(name: string): IpAddress | undefined {
  const address = tryParseAddress(name.replaceAll("-", ":"));
  return address !== undefined && allocationName(address) === name ? address : undefined;
}

/** Reads an IPAllocation. */
export function readAllocation(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<Allocation> {
  const checked = check(ref, SCHEMA, raw);
  if ("problems" in checked) return checked;
  const { address, pool, claimRef } = checked.value.spec;
  const seen = checked.value.status?.conditions?.find(({ type }) => type === DRAINING);
  const draining = seen && { status: seen.status, reason: seen.reason, message: seen.message };
  const parsed = tryParseAddress(address);
  if (parsed === undefined) {
    const message = `must be an IPv4 or IPv6 address, got ${JSON.stringify(address)}`;
    return { problems: [{ object: ref, field: "spec.address", reason: "InvalidRange", message }] };
  }
  const name = allocationName(parsed);
  if (name !== ref.name) {
    // Its name is what claims the address: another address in it would be held by nobody.
    const message = `the IPAllocation of ${formatAddress(parsed)} must be called ${name}, got ${ref.name}`;
    return { problems: [{ object: ref, field: "metadata.name", reason: "InvalidObject", message }] };
  }
  return {
    value: {
      name,
      uid: meta.uid,
      version: meta.resourceVersion,
      ip: parsed,
      address: formatAddress(parsed),
      pool,
      ...readHold(checked.value.spec),
      ...(claimRef !== undefined && { claim: claimRef }),
      ...(draining !== undefined && { draining }),
    },
  };
}

/** Who holds an address by the spec of its IPAllocation, or who did until it was released. */
export function readHold(spec: AllocationSpec): Pick<Allocation, "holders" | "released"> {
  const { serviceRef, sharers = [], releasedAt } = spec;
  if (serviceRef === undefined) return { holders: [] };
  if (releasedAt !== undefined) return { holders: [], released: { by: serviceRef, at: releasedAt } };
  return { holders: [serviceRef, ...sharers] };
}

/** The spec of the IPAllocation of an address that stands so; the inverse of {@link readAllocation}. */
export function allocationSpec({ address, pool, holders, claim, released }: AllocationHold): AllocationSpec {
  const [first, ...sharers] = holders;
  return {
    address,
    pool,
    ...(first !== undefined && { serviceRef: first }),
    ...(sharers.length > 0 && { sharers }),
    ...(claim !== undefined && { claimRef: claim }),
    ...(released !== undefined && { serviceRef: released.by, releasedAt: released.at }),
  };
}

/** What an IPAllocation says of its address. */
export type AllocationHold = Pick<Allocation, "address" | "pool" | "holders" | "claim" | "released">;

/** The spec of an IPAllocation as it is written. */
export type AllocationSpec = z.input<typeof ipAllocation.spec>;

import { type Allocation, type AllocationRefusal, type Service, wroteStatus } from "@fairlead/model";
import { parseAddress } from "@fairlead/net";
import { allocate } from "../allocate/allocate.ts";
import type { AllocationContext } from "../allocate/context.ts";
import { cools, drainingOf } from "../allocate/draining.ts";
import type { Ledger } from "../allocate/ledger.ts";
import { sharingRefused } from "../allocate/refuse.ts";
import { recordPlan } from "../status/record-status.ts";
import { allocated, refused, serviceStatus } from "../status/service-status.ts";
import type { Verdict } from "./service-plan.ts";

/**
 * What is to be done for a Service that Fairlead serves.
 *
 * @param recorded - the records of its addresses.
 * @param adopted - the addresses that became its own by {@link adopt}.
 * @param wars - of Services whose status another controller keeps overwriting, by UID, that one's field manager.
 */
export function served(
  service: Service,
  recorded: readonly Allocation[],
  adopted: readonly Allocation[],
  context: AllocationContext,
  wars: ReadonlyMap<string, string>,
): Verdict {
  const own = [...recorded, ...adopted];
  const alone = own.length > 0 ? undefined : unrecorded(service, context.ledger);
  if (alone !== undefined) return alone;
  const { kept, takes, surplus, ...outcome } = allocate(service, own, context);
  const refusal = outcome.refusal ?? clashOf(service, kept, context.ledger);
  const allocations = inOrder(service, [...kept, ...takes]);
  const ingress = allocations.map(({ address }) => address);
  const drains = new Map(
    inOrder(service, kept).flatMap((allocation) => {
      const reason = drainingOf(allocation, service, context);
      return reason === undefined ? [] : [[allocation, reason] as const];
    }),
  );
  const manager = wars.get(service.uid);
  const verdict =
    manager !== undefined
      ? refused(service, { code: "WriteWar", manager }, allocations)
      : refusal === undefined
        ? allocated(allocations, [...drains.values()])
        : refused(service, refusal, allocations);
  return {
    service,
    takes: [...adopted.filter((allocation) => kept.includes(allocation)), ...takes],
    status: serviceStatus(service, manager === undefined ? ingress : undefined, verdict),
    // A surplus that was only adopted has no record to change.
    releases: surplus
      .filter((allocation) => recorded.includes(allocation))
      .map((record) => ({ record, coolDown: cools(record, context) })),
    records: recorded
      .filter((allocation) => kept.includes(allocation))
      .flatMap((allocation) => recordPlan(allocation, drains.get(allocation)) ?? []),
    final:
      refusal === undefined &&
      manager === undefined &&
      drains.size === 0 &&
      kept.every(({ holders }) => holders.length === 1),
  };
}

// A Service whose status has addresses, none of which is recorded or in a pool: another controller's, or ours whose pools
// are gone. Another Service's are not meant: they go from this status.
function unrecorded(service: Service, ledger: Ledger): Verdict | undefined {
  const addresses = service.ingress.filter((text) => (ledger.at(parseAddress(text))?.holders ?? []).length === 0);
  const foreign = [...addresses, ...service.otherIngress];
  if (foreign.length === 0) return undefined;
  const nothing = { service, takes: [], releases: [], records: [], final: false };
  if (wroteStatus(service) && service.otherIngress.length === 0) {
    const drains = addresses.map((address) => ({ code: "NoPoolHasAddress", address }) as const);
    return { ...nothing, status: serviceStatus(service, undefined, allocated([], drains)) };
  }
  const manager = service.statusWriter;
  const refusal: AllocationRefusal = { code: "ForeignStatus", addresses: foreign, ...(manager && { manager }) };
  return { ...nothing, status: serviceStatus(service, undefined, refused(service, refusal, [])) };
}

// Sharers whose keys, selectors or ports were changed: the address stays, and the one that came later is told.
function clashOf(service: Service, kept: readonly Allocation[], ledger: Ledger): AllocationRefusal | undefined {
  for (const allocation of kept) {
    const clash = ledger.conflict(service, allocation);
    if (clash !== undefined) return sharingRefused(allocation.address, clash);
  }
  return undefined;
}

// By family, then as they stand in the status: two controllers must not put them in turn as each has come to know them.
function inOrder({ families, ingress }: Service, allocations: readonly Allocation[]): Allocation[] {
  const order = ({ ip }: Allocation) => families.indexOf(ip.family);
  const place = ({ address }: Allocation) => {
    const at = ingress.indexOf(address);
    return at < 0 ? ingress.length : at;
  };
  return [...allocations].sort((a, b) => order(a) - order(b) || place(a) - place(b));
}

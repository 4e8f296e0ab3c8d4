import type { Allocation, Service } from "@fairlead/model";
import type { Surroundings } from "../allocate/context.ts";
import { cools } from "../allocate/draining.ts";
import { NOT_SERVED, serviceStatus, WITHDRAWING } from "../status/service-status.ts";
import type { Snapshot } from "../view/snapshot.ts";
import { isWork, type Verdict } from "./service-plan.ts";
import { withdrawal } from "./withdrawal.ts";

/**
 * A verdict on a Service that is served, with what is to be done about our finalizer: it comes with the address, and goes
 * by itself where it is not wanted any more.
 *
 * @param own - the records of the Service.
 * @param wanted - whether Services with an address are to have it.
 */
export function withFinalizer(verdict: Verdict, own: readonly Allocation[], wanted: boolean): Verdict {
  const { finalizer } = verdict.service;
  const holds = verdict.takes.length > 0 || own.length > verdict.releases.length;
  if (wanted && finalizer === undefined && holds) return { ...verdict, finalizer: "put" };
  if (!wanted && finalizer === "own" && !isWork(verdict)) return { ...verdict, finalizer: "remove" };
  return verdict;
}

/** A verdict on a Service that is not served, and how long its addresses have to be waited for. */
export interface Ending extends Verdict {
  /** Milliseconds; 0 if there is nothing to wait for. */
  readonly waitMillis: number;
}

/** What becomes of a Service that is not served: with our finalizer, its addresses are withdrawn first, and free once nobody answers. */
export function released(service: Service, own: readonly Allocation[], snapshot: Snapshot): Ending {
  const ending = unserved(service, own, snapshot.surroundings);
  if (service.finalizer !== "own") return { ...ending, waitMillis: 0 };
  const last = { ...ending, finalizer: "remove", waitMillis: 0 } as const;
  if (own.length === 0) return last;
  const { waitMillis, nodes } = withdrawal(service, own, snapshot);
  const nothing = { ...ending, releases: [], final: false };
  if (service.allocated?.reason !== WITHDRAWING.reason) {
    return { ...nothing, status: serviceStatus(service, ending.status?.ingress, WITHDRAWING), waitMillis: 0 };
  }
  if (waitMillis > 0) return { ...nothing, status: undefined, waitMillis };
  return { ...last, ...(nodes.length > 0 && { overdue: nodes }) };
}

function unserved(service: Service, own: readonly Allocation[], surroundings: Surroundings): Verdict {
  const addresses = new Set(own.map(({ address }) => address));
  const ours = service.ingress.some((text) => addresses.has(text));
  const ingress = ours ? service.ingress.filter((text) => !addresses.has(text)) : undefined;
  const spoken = own.length > 0 || service.allocated !== undefined;
  return {
    service,
    takes: [],
    status: spoken ? serviceStatus(service, ingress, NOT_SERVED) : undefined,
    releases: own.map((record) => ({ record, coolDown: cools(record, surroundings) })),
    records: [],
    final: true,
  };
}

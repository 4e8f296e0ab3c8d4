import type { StatusPatch } from "@fairlead/kube";
import type { AgentReport, LinkRefusal, ReleaseCause, TakeOverCause } from "@fairlead/l2";
import { type AnnouncementRefusal, describeAnnouncementRefusal } from "@fairlead/model";
import type { Millis } from "@fairlead/runtime";
import type { Plan, PlannedAddress } from "../../plan/plan.ts";
import { serviceNames } from "../service-names.ts";

/** What the status tells besides what the agent reports. */
export interface Layer2Facts {
  readonly refused: readonly RefusedAddress[];
  /** The last moves, latest first. */
  readonly moves: readonly RecentMove[];
  /** Whose an address is; undefined if nobody's any more. */
  readonly known: (address: string) => PlannedAddress | undefined;
  /** Turns a time of the monotonic clock into RFC 3339. */
  readonly wallClock: (monotonic: Millis) => string;
}

/** An address that this node took or gave up. */
export interface RecentMove {
  readonly address: string;
  /** "namespace/name" of its Services, with commas between; empty if none is known. */
  readonly service: string;
  readonly link: string;
  readonly direction: "taken" | "givenUp";
  readonly cause: TakeOverCause | ReleaseCause;
  /** The node that had it before, or has it now, if known. */
  readonly peer?: string;
  /** RFC 3339. */
  readonly at: string;
  /** From the last heartbeat of an owner that fell silent until this node answered. */
  readonly gapMilliseconds?: number;
}

/** Moves that a status has room for. */
export const MOST_MOVES = 20;

/** Entries of the lists at most: the counts tell of all, and to go through more would hold up heartbeats. */
const MOST = { addresses: 4_000, refusals: 1_000, shared: 500, conflicts: 200, findings: 200 } as const;

/** An address that this node is no candidate for. */
export interface RefusedAddress {
  readonly address: string;
  readonly service: string;
  readonly refusal: AnnouncementRefusal;
}

/**
 * Every address of a plan that this node is no candidate for, with the first reason found.
 *
 * @param onLinks - of addresses that are announced on no link of this node.
 */
export function refusedAddresses(
  { addresses, layer2 }: Pick<Plan, "addresses" | "layer2">,
  onLinks: readonly LinkRefusal[],
): RefusedAddress[] {
  const byAddress = new Map(onLinks.map((refusal) => [refusal.address, refusal]));
  return Array.from(addresses).flatMap(([address, planned]) => {
    const refusal = layer2.get(address)?.refusal ?? byAddress.get(address);
    return refusal === undefined ? [] : [{ address, service: serviceNames(planned), refusal }];
  });
}

/** The part of a SpeakerStatus that tells of Layer 2. */
export function layer2Status(report: AgentReport, { refused, moves, known, wallClock }: Layer2Facts): StatusPatch {
  const serviceOf = (address: string) => {
    const planned = known(address);
    return planned === undefined ? "" : serviceNames(planned);
  };
  return {
    owned: report.owned.length,
    refused: refused.length,
    links: report.links,
    moves,
    addresses: report.owned.slice(0, MOST.addresses).map(({ address, link, holding }) => ({
      address,
      service: serviceOf(address),
      link,
      epoch: holding.epoch,
      since: wallClock(holding.since),
    })),
    shared: report.shared.slice(0, MOST.shared).map(({ address, link, parts }) => ({
      address,
      service: serviceOf(address),
      link,
      parts,
    })),
    conflicts: report.conflicts.slice(0, MOST.conflicts).map(({ address, link, mac, code, isNew, since }) => ({
      address,
      service: serviceOf(address),
      link,
      mac,
      reason: code,
      beforeAnnounced: isNew,
      since: wallClock(since),
    })),
    findings: report.findings.slice(0, MOST.findings).map(({ address, link, owner, code, macs, since }) => ({
      address,
      service: serviceOf(address),
      link,
      owner,
      reason: code,
      macs,
      since: wallClock(since),
    })),
    refusals: refused.slice(0, MOST.refusals).map(({ address, service, refusal }) => ({
      address,
      service,
      reason: refusal.code,
      message: describeAnnouncementRefusal(refusal),
    })),
  };
}

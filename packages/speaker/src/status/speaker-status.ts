import type { StatusPatch } from "@fairlead/kube";
import type { AgentReport, ReleaseCause, TakeOverCause } from "@fairlead/l2";
import { type AnnouncementRefusal, describeAnnouncementRefusal, objectKey } from "@fairlead/model";
import { VERSION } from "@fairlead/runtime";
import type { Plan, PlannedAddress } from "../plan/decide.ts";
import type { NodeRemark } from "../reachability/index.ts";

/** What a status tells besides what is planned and seen. */
export interface SpeakerFacts {
  /** RFC 3339. */
  readonly startedAt: string;
  /** The last moves, latest first. */
  readonly moves: readonly RecentMove[];
  /** The nodes that are not simply heard. */
  readonly nodes: readonly NodeRemark[];
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

/** Entries of the lists in a status, so that it stays below what the API server takes (1.5 MB): the counts tell of all. */
const MOST = { addresses: 4_000, refusals: 1_000, shared: 500, conflicts: 200, findings: 200, nodes: 100 } as const;

/** An address that this node is no candidate for. */
export interface RefusedAddress {
  readonly address: string;
  readonly service: string;
  readonly refusal: AnnouncementRefusal;
}

/** "namespace/name" of every Service that an address is for, with commas between. */
export function serviceNames({ services }: Pick<PlannedAddress, "services">): string {
  return services.map(objectKey).join(", ");
}

/** Every address of the plan that this node is no candidate for, with the first reason found. */
export function refusedAddresses({ addresses }: Plan, { refusals }: AgentReport): RefusedAddress[] {
  const byAddress = new Map(refusals.map((refusal) => [refusal.address, refusal]));
  return addresses.flatMap((planned) => {
    const { address, refusal = byAddress.get(address) } = planned;
    return refusal === undefined ? [] : [{ address, service: serviceNames(planned), refusal }];
  });
}

/**
 * The status of this node's SpeakerStatus.
 *
 * @param wallClock - turns a time of the monotonic clock into RFC 3339.
 */
export function speakerStatus(
  plan: Plan,
  report: AgentReport,
  { startedAt, moves, nodes }: SpeakerFacts,
  wallClock: (monotonic: number) => string,
): StatusPatch {
  const refused = refusedAddresses(plan, report);
  const services = new Map(plan.addresses.map((planned) => [planned.address, serviceNames(planned)]));
  return {
    version: VERSION,
    startedAt,
    forwarding: plan.forwarding.mode,
    owned: report.owned.length,
    refused: refused.length,
    links: report.links,
    moves,
    nodes: nodes.slice(0, MOST.nodes).map(({ node, reason, since, message }) => ({
      name: node,
      reason,
      since: wallClock(since),
      message,
    })),
    addresses: report.owned.slice(0, MOST.addresses).map(({ address, link, holding }) => ({
      address,
      service: services.get(address) ?? "",
      link,
      epoch: holding.epoch,
      since: wallClock(holding.since),
    })),
    shared: report.shared.slice(0, MOST.shared).map(({ address, link, parts }) => ({
      address,
      service: services.get(address) ?? "",
      link,
      parts,
    })),
    conflicts: report.conflicts.slice(0, MOST.conflicts).map(({ address, link, mac, code, isNew, since }) => ({
      address,
      service: services.get(address) ?? "",
      link,
      mac,
      reason: code,
      beforeAnnounced: isNew,
      since: wallClock(since),
    })),
    findings: report.findings.slice(0, MOST.findings).map(({ address, link, owner, code, macs, since }) => ({
      address,
      service: services.get(address) ?? "",
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

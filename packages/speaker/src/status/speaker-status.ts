import type { StatusPatch } from "@fairlead/kube";
import type { AgentReport } from "@fairlead/l2";
import { type AnnouncementRefusal, describeAnnouncementRefusal } from "@fairlead/model";
import { VERSION } from "@fairlead/runtime";
import type { Plan, PlannedAddress } from "../decide.ts";

/** What does not change while a speaker runs. */
export interface SpeakerFacts {
  /** RFC 3339. */
  readonly startedAt: string;
}

/** An address that this node is no candidate for. */
export interface RefusedAddress {
  readonly address: string;
  readonly service: string;
  readonly refusal: AnnouncementRefusal;
}

/** "namespace/name" of every Service that an address is for, with commas between. */
export function serviceNames({ service, sharers = [] }: PlannedAddress): string {
  return [service, ...sharers.map((sharer) => sharer.service)].join(", ");
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
  { startedAt }: SpeakerFacts,
  wallClock: (monotonic: number) => string,
): StatusPatch {
  const services = new Map(plan.addresses.map((planned) => [planned.address, serviceNames(planned)]));
  return {
    version: VERSION,
    startedAt,
    forwarding: plan.forwarding.mode,
    owned: report.owned.length,
    links: report.links,
    addresses: report.owned.map(({ address, link, holding }) => ({
      address,
      service: services.get(address) ?? "",
      link,
      epoch: holding.epoch,
      since: wallClock(holding.since),
    })),
    conflicts: report.conflicts.map(({ address, link, mac, code, isNew, since }) => ({
      address,
      service: services.get(address) ?? "",
      link,
      mac,
      reason: code,
      beforeAnnounced: isNew,
      since: wallClock(since),
    })),
    findings: report.findings.map(({ address, link, owner, code, macs, since }) => ({
      address,
      service: services.get(address) ?? "",
      link,
      owner,
      reason: code,
      macs,
      since: wallClock(since),
    })),
    refusals: refusedAddresses(plan, report).map(({ address, service, refusal }) => ({
      address,
      service,
      reason: refusal.code,
      message: describeAnnouncementRefusal(refusal),
    })),
  };
}

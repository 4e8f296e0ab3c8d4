import type { ForwardingTable } from "@fairlead/forwarding";
import { formatRange } from "@fairlead/net";
import type { Claim } from "../survey/claim.ts";
import type { Snapshot } from "../survey/snapshot.ts";
import { survey } from "../survey/survey.ts";
import { planForwarding } from "./forwarding.ts";
import { planLayer2 } from "./layer2.ts";
import type { Plan, PlannedAddress } from "./plan.ts";

/** What a node is to do. */
export interface Decision {
  /** What it is to announce. */
  readonly plan: Plan;
  /** What it must forward by before it announces that. */
  readonly forwarding: ForwardingTable;
}

/** What this node is to announce and forward in a state: its part of the survey. Total and pure. */
export function decide(snapshot: Snapshot): Decision {
  const surveyed = survey(snapshot);
  const ranges = snapshot.pools.flatMap(({ usable }) => usable);
  const forwarding = planForwarding(surveyed, snapshot);
  const { mode, ports } = forwarding;
  const plan = {
    addresses: new Map(Array.from(surveyed, ([address, { claims }]) => [address, { services: servicesOf(claims) }])),
    ...planLayer2(surveyed, snapshot.node),
    ranges: new Map(ranges.map((range) => [formatRange(range), range])),
    nodes: new Map(snapshot.nodes.map(({ name, internalAddresses }) => [name, internalAddresses])),
    forwarding: new Map([["node", { mode, ports: ports.length }]]),
  };
  return { plan, forwarding };
}

function servicesOf([first, ...others]: readonly [Claim, ...Claim[]]): PlannedAddress["services"] {
  return [identityOf(first), ...others.map(identityOf)];
}

function identityOf({ service: { namespace, name, uid } }: Claim): PlannedAddress["services"][0] {
  return { namespace, name, uid };
}

import { ANY_LINK, parsePrefix } from "@fairlead/net";
import type { Candidates, LinkEnd } from "../src/ownership/state.ts";
import type { Heartbeat } from "../src/packet/heartbeat.ts";

/** A link of 192.0.2.0/24 with carrier, as the node of {@link aHeartbeat} has it. */
export const LINK: LinkEnd = {
  name: "eth0",
  mac: "02:00:5e:00:54:01",
  up: true,
  prefixes: [parsePrefix("192.0.2.1/24")],
};

/** The first heartbeat of speaker b, which has nothing. */
export function aHeartbeat(fields: Partial<Heartbeat> = {}): Heartbeat {
  return {
    node: "b",
    incarnation: 1n,
    sequence: 1,
    leaving: false,
    listening: false,
    reluctant: false,
    heldDown: false,
    wantsTables: false,
    challenge: 0n,
    echoes: [],
    highestEpoch: 0,
    tableVersion: 0,
    link: LINK.name,
    mac: LINK.mac,
    detection: 600,
    prefixes: LINK.prefixes,
    doubts: [],
    ...fields,
  };
}

/** Nodes that may have an address on a link whose subnet holds it, none before another. */
export function nodesNamed(...names: readonly string[]): Candidates["nodes"] {
  return new Map(names.map((name) => [name, { links: [[ANY_LINK]], weight: 0 }]));
}

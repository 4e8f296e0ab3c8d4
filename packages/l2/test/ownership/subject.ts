import { expect } from "chai";
import type { OwnershipEvent } from "../../src/ownership/event.ts";
import { begin, step } from "../../src/ownership/ownership.ts";
import type { Candidates, OwnershipState } from "../../src/ownership/state.ts";
import { UNKNOWN_STEADINESS } from "../../src/ownership/steadiness.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import type { Heartbeat } from "../../src/packet/heartbeat.ts";
import type { HoldState, Standing, TablePart } from "../../src/packet/table-part.ts";
import { aHeartbeat, LINK, nodesNamed } from "../builders.ts";

const { interval, detection, probe } = DEFAULT_TIMING;

/** The address that the tests are about. */
export const ADDRESS = "192.0.2.50";
/** Who may have it. */
export const NODES = nodesNamed("a", "b", "c");
/** The address is wanted. */
export const WANTED: OwnershipEvent = {
  kind: "wanted",
  ready: true,
  wanted: new Map<string, Candidates>([[ADDRESS, { nodes: NODES }]]),
};

/** Node a on a link: feeds events to step(), and remembers what was to be done. */
export class Subject {
  now = 0;
  /** Not warming up any more. */
  state: OwnershipState = {
    ...begin("a", DEFAULT_TIMING, LINK, 0, 1n),
    steadiness: { ...UNKNOWN_STEADINESS, readyAt: -10_000 },
    reluctance: undefined,
  };
  #sequence = 0;

  take(event: OwnershipEvent): string[] {
    const { next, effects } = step(this.state, event, this.now);
    this.state = next;
    return effects.map((effect) => {
      if (effect.kind === "own") return `own ${effect.holding.cause}`;
      return effect.kind === "release" ? `release ${effect.cause}` : effect.kind;
    });
  }

  /** Runs as it should until then; `between` happens before each tick. */
  until(time: number, between: () => void = () => undefined): string[] {
    const done: string[] = [];
    while (this.now < time) {
      this.now = Math.min(time, this.now + interval);
      between();
      done.push(...this.take({ kind: "tick" }));
    }
    return done;
  }

  hear(node: string, rest: Partial<Heartbeat> = {}): string[] {
    this.#sequence += 1;
    const heartbeat = aHeartbeat({ node, sequence: this.#sequence, ...rest });
    if (rest.echoes === undefined) this.#trust(heartbeat);
    return this.take({ kind: "heard", heartbeat });
  }

  /** As if the speaker had proved itself before. */
  #trust({ node, incarnation }: Heartbeat): void {
    const { freshness } = this.state;
    if (freshness.last.get(node)?.incarnation === incarnation) return;
    const last = new Map(freshness.last).set(node, { incarnation, sequence: 0 });
    this.state = { ...this.state, freshness: { ...freshness, last } };
  }

  hold(
    node: string,
    state: HoldState,
    epoch: number,
    rest: Partial<Heartbeat> = {},
    standing: Standing = "firm",
  ): string[] {
    const table: TablePart = { part: 0, parts: 1, entries: [{ address: ADDRESS, epoch, state, standing }] };
    return this.hear(node, { tableVersion: 10 * epoch + (state === "owned" ? 1 : 0), table, ...rest });
  }

  /** A speaker's heartbeats while it owns the first twenty addresses. */
  holdAll(node: string): { readonly held: Partial<Heartbeat> } {
    const entries = [...manyAddresses(20).keys()].map((address) => {
      return { address, epoch: 1, state: "owned", standing: "firm" } as const;
    });
    const held = { tableVersion: 1, table: { part: 0, parts: 1, entries } };
    this.hear(node, held);
    return { held };
  }

  get holding(): string | undefined {
    return this.state.holdings.get(ADDRESS)?.state;
  }
}

/** Node a, alone and owner of the address. */
export function owner(): Subject {
  const subject = new Subject();
  subject.take(WANTED);
  subject.until(detection + probe);
  expect(subject.holding).to.equal("owned");
  return subject;
}

/** As many addresses from {@link ADDRESS} on. */
export function manyAddresses(count: number): Map<string, Candidates> {
  return new Map(Array.from({ length: count }, (_, i) => [`192.0.2.${50 + i}`, { nodes: NODES }] as const));
}

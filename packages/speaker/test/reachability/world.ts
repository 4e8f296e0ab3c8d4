import { nodeRemarks } from "../../src/reachability/reasons.ts";
import { begin, lostNodes, step } from "../../src/reachability/step.ts";
import { type ReachabilityEffect, TICK } from "../../src/reachability/types.ts";

export const DETECTION = 600;

/** What another node does. */
export interface Behaviour {
  /** Whether its speaker sends heartbeats. */
  speaks: boolean;
  /** Whether it answers what it is asked. */
  answers: boolean;
}

/** Nodes that do as they are told, seen by a process that runs or not; time goes by in ticks. */
export class World {
  readonly nodes = new Map<string, Behaviour>();
  readonly changes: (Extract<ReachabilityEffect, { kind: "changed" }> & { readonly at: number })[] = [];
  /** When each node was asked. */
  readonly asked: { readonly node: string; readonly at: number }[] = [];
  /** Whether this node cannot send what it would ask. */
  unsent = false;
  now = 0;
  state = begin(0);
  readonly #heardAt = new Map<string, number>();

  constructor(...names: string[]) {
    for (const name of names) this.nodes.set(name, { speaks: true, answers: true });
    this.#take({ kind: "nodes", nodes: names });
  }

  /** Lets time go by while this process runs; a heartbeat and each answer come between two ticks. */
  pass(millis: number): this {
    for (let left = millis; left > 0; left -= TICK) {
      this.now += TICK;
      for (const [name, { speaks }] of this.nodes) if (speaks) this.#heardAt.set(name, this.now - TICK / 2);
      const heard = new Map(
        [...this.#heardAt].flatMap(([name, at]) => {
          return this.now - at < DETECTION ? [[name, { at, detection: DETECTION }] as const] : [];
        }),
      );
      this.#take({ kind: "tick", heard });
    }
    return this;
  }

  /** Lets time go by while this process is stopped: nothing is read. */
  stop(millis: number): this {
    this.now += millis;
    return this;
  }

  /** Changes what a node does. */
  let(name: string, behaviour: Partial<Behaviour>): this {
    Object.assign(this.nodes.get(name) ?? {}, behaviour);
    return this;
  }

  /** The nodes that there are from now on. */
  list(...names: string[]): this {
    this.#take({ kind: "nodes", nodes: names });
    return this;
  }

  stateOf(name: string): string | undefined {
    return this.state.nodes.get(name)?.state;
  }

  get lost(): string[] {
    return [...lostNodes(this.state)];
  }

  get reasons(): string[] {
    return nodeRemarks(this.state).map(({ node, reason }) => `${node} ${reason}`);
  }

  /** How often a node was asked since a time. */
  questions(name: string, since = 0): number {
    return this.asked.filter(({ node, at }) => node === name && at >= since).length;
  }

  #take(event: Parameters<typeof step>[1]): void {
    const { next, effects } = step(this.state, event, this.now);
    this.state = next;
    for (const effect of effects) {
      if (effect.kind === "changed") this.changes.push({ ...effect, at: this.now });
      else this.asked.push({ node: effect.node, at: this.now });
    }
    for (const effect of effects) {
      if (effect.kind !== "ask") continue;
      const { node } = effect;
      if (this.unsent) this.state = step(this.state, { kind: "unsent", node }, this.now).next;
      else if (this.nodes.get(node)?.answers)
        this.state = step(this.state, { kind: "answered", node }, this.now + 1).next;
    }
  }
}

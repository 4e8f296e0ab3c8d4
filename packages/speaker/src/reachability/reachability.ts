import type { Heard } from "@fairlead/l2";
import type { IpAddress } from "@fairlead/net";
import type { Cancel } from "@fairlead/runtime";
import { knownNodes, nodeLosses } from "../metrics.ts";
import { Asking, type AskingOptions } from "./asking.ts";
import { type NodeRemark, nodeRemarks } from "./reasons.ts";
import { begin, holdOf, lostNodes, step } from "./step.ts";
import { NODE_STATES, type ReachabilityEffect, type ReachabilityEvent, TICK } from "./types.ts";

/** What a {@link Reachability} needs. */
export interface ReachabilityOptions extends Omit<AskingOptions, "onAnswer"> {
  /** Name of this node. */
  readonly node: string;
  /** The speakers that were heard of late. */
  readonly heard: () => ReadonlyMap<string, Heard>;
  /** Told of all nodes that are lost, when they are others than before. */
  readonly onLost: (nodes: ReadonlySet<string>) => void;
  /** Told when {@link Reachability.remarks} may have changed. */
  readonly onChange: () => void;
}

/** Looks after the other nodes: which are there, and which are lost. The decisions are step()'s. */
export class Reachability {
  readonly #options: ReachabilityOptions;
  readonly #asking: Asking;
  #state;
  #lost: ReadonlySet<string> = new Set();
  #said = "";
  #nodes: ReadonlyMap<string, readonly IpAddress[]> | undefined;
  #timer: Cancel = () => {};

  constructor(options: ReachabilityOptions) {
    this.#options = options;
    this.#state = begin(options.clock.monotonic());
    this.#asking = new Asking({ ...options, onAnswer: (node) => this.#take({ kind: "answered", node }) });
    this.#wait();
  }

  /** All nodes that there are, with the addresses that they are asked at; this node among them or not. */
  know(nodes: ReadonlyMap<string, readonly IpAddress[]>): void {
    if (this.#nodes !== undefined && sameNodes(nodes, this.#nodes)) return;
    this.#nodes = nodes;
    const others = new Map([...nodes].filter(([name]) => name !== this.#options.node));
    this.#asking.know(others);
    this.#take({ kind: "nodes", nodes: others.keys() });
    this.#tell();
  }

  /** What is to be said of nodes that are not simply heard. */
  remarks(): readonly NodeRemark[] {
    return nodeRemarks(this.#state);
  }

  close(): void {
    this.#timer();
    this.#asking.close();
  }

  #wait(): void {
    this.#timer = this.#options.clock.after(TICK, () => {
      this.#wait();
      this.#take({ kind: "tick", heard: this.#options.heard() });
      this.#tell();
    });
  }

  #take(event: ReachabilityEvent): void {
    const { next, effects } = step(this.#state, event, this.#options.clock.monotonic());
    this.#state = next;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: ReachabilityEffect): void {
    if (effect.kind === "changed") this.#log(effect);
    else if (!this.#asking.ask(effect.node)) this.#take({ kind: "unsent", node: effect.node });
  }

  #log({ node, from, to }: Extract<ReachabilityEffect, { kind: "changed" }>): void {
    const { log, clock } = this.#options;
    const watched = this.#state.nodes.get(node);
    if (watched === undefined || from === "Unknown") return;
    const silentMillis = Math.round(clock.monotonic() - Math.max(watched.heardAt, watched.answeredAt));
    switch (to) {
      case "NodeLost":
        if (from !== "NodeReturning") nodeLosses.inc();
        log.warn({ peer: node, silentMillis }, "node lost: no heartbeat and no answer; its endpoints come last");
        return;
      case "NodeReturning":
        log.info({ peer: node, holdMillis: holdOf(watched) }, "lost node gives signs of life again; waiting a while");
        return;
      case "SpeakerSilent":
        log.warn({ peer: node, answers: watched.answers }, "speaker silent, but its node is not taken for lost");
        return;
      default:
        log.info({ peer: node }, "node well again");
    }
  }

  #tell(): void {
    const lost = lostNodes(this.#state);
    if (lost.size !== this.#lost.size || [...lost].some((name) => !this.#lost.has(name))) {
      this.#lost = lost;
      this.#options.onLost(lost);
    }
    const said = this.remarks()
      .map(({ node, reason, since }) => `${node} ${reason} ${since}`)
      .join();
    if (said !== this.#said) this.#options.onChange();
    this.#said = said;
    const counts = Map.groupBy(this.#state.nodes.values(), ({ state }) => state);
    for (const state of NODE_STATES) knownNodes.set({ state }, counts.get(state)?.length ?? 0);
  }
}

// Each plan brings them anew.
function sameNodes(
  a: ReadonlyMap<string, readonly IpAddress[]>,
  b: ReadonlyMap<string, readonly IpAddress[]>,
): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, addresses]) => {
    const others = b.get(name);
    return (
      others?.length === addresses.length &&
      addresses.every(({ family, value }, i) => others[i]?.family === family && others[i]?.value === value)
    );
  });
}

import type { Millis } from "@fairlead/runtime";
import type { OwnershipEffect } from "../../../src/ownership/effect.ts";
import type { OwnershipEvent } from "../../../src/ownership/event.ts";
import { nextHeartbeat, tableParts } from "../../../src/ownership/next-heartbeat.ts";
import { begin, mayAnswer, nextDecision, step } from "../../../src/ownership/ownership.ts";
import type { OwnershipState } from "../../../src/ownership/state.ts";
import type { OwnershipTiming } from "../../../src/ownership/timing.ts";
import type { Heartbeat } from "../../../src/packet/heartbeat.ts";
import type { TablePart } from "../../../src/packet/table-part.ts";
import { LINK } from "../../builders.ts";

/** What a simulated node tells the world. */
export interface NodePort {
  send(heartbeat: Heartbeat): void;
  effect(effect: OwnershipEffect): void;
}

/** Carrier comes or goes. */
export function linkEvent(up: boolean): OwnershipEvent {
  return { kind: "link", link: { ...LINK, up } };
}

/** One start of a speaker on a simulated segment: runs step() as the driver does, with a gate that times out. */
export class SimulatedNode {
  state: OwnershipState;
  /** Addresses that the responder answers for while the gate is open. */
  readonly answers = new Set<string>();
  gateUntil = Number.NEGATIVE_INFINITY;
  readonly #port: NodePort;
  readonly incarnation: bigint;
  #sequence = 0;

  constructor(name: string, timing: OwnershipTiming, incarnation: bigint, now: Millis, port: NodePort) {
    this.incarnation = incarnation;
    this.#port = port;
    this.state = begin(name, timing, LINK, now, incarnation << 32n);
  }

  tick(now: Millis): void {
    this.take({ kind: "tick" }, now);
    if (this.answers.size > 0) this.#openGate(now);
    this.#send(undefined, now);
  }

  /** Between heartbeats, it looks again when something falls due. */
  wake(now: Millis): void {
    if (now >= nextDecision(this.state)) this.take({ kind: "tick" }, now);
  }

  take(event: OwnershipEvent, now: Millis): void {
    const { next, effects } = step(this.state, event, now);
    this.state = next;
    for (const effect of effects) {
      if (effect.kind === "own") this.answers.add(effect.address);
      if (effect.kind === "release") this.answers.delete(effect.address);
      this.#port.effect(effect);
    }
    if (effects.some(({ kind }) => kind === "own")) this.#openGate(now);
    if (effects.some(({ kind }) => kind === "sendTable")) this.#sendTable(now);
  }

  isAnswering(address: string, now: Millis): boolean {
    return this.answers.has(address) && now < this.gateUntil;
  }

  #openGate(now: Millis): void {
    const { detection, interval } = this.state.timing;
    if (mayAnswer(this.state, now)) this.gateUntil = now + detection - interval;
  }

  #sendTable(now: Millis): void {
    for (const part of tableParts(this.state)) this.#send(part, now);
  }

  #send(table: TablePart | undefined, now: Millis): void {
    this.#sequence += 1;
    this.#port.send(
      nextHeartbeat(this.state, { incarnation: this.incarnation, sequence: this.#sequence, doubts: [] }, table, now),
    );
  }
}

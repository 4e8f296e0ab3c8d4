import type { Millis } from "@fairlead/runtime";
import type { OwnershipEffect } from "../../../src/ownership/effect.ts";
import type { OwnershipEvent } from "../../../src/ownership/event.ts";
import { DEFAULT_TIMING } from "../../../src/ownership/timing.ts";
import type { Heartbeat } from "../../../src/packet/heartbeat.ts";
import { nodesNamed } from "../../builders.ts";
import { linkEvent, SimulatedNode } from "./node.ts";
import { seededRandom } from "./random.ts";

/** Resolution of the simulated clock. */
export const STEP: Millis = 5;
/** Heartbeats take up to this long, so they overtake one another. */
export const LONGEST_DELAY: Millis = 40;

const RECORDED: Millis = 10_000;
/** How far clocks run too fast or too slow, at most: quartz is a hundred times better. */
export const DRIFT = 0.01;
const LEAVING_TIME: Millis = 2_000;
const LOSS = 0.4;
const REPETITION = 0.2;

interface Frame {
  readonly at: Millis;
  readonly to: number;
  readonly heartbeat: Heartbeat;
  readonly isReplayed?: boolean;
}

/** A place in the segment and the speaker that runs there, if any. */
export interface Host {
  readonly name: string;
  readonly index: number;
  /** How fast its clock runs, and what it showed at the start: each node has its own. */
  readonly clock: { readonly rate: number; readonly offset: Millis };
  /** When the speaker started, by the clock of the segment. */
  startedAt: Millis;
  /** The speaker that runs, or the last one: what it put into the kernel outlives it. */
  speaker: SimulatedNode | undefined;
  running: boolean;
  pausedUntil: Millis;
  carrier: boolean;
  nextTick: Millis;
  leaveBy: Millis | undefined;
  wanted: ReadonlySet<string>;
  /** Frames that arrived since it last ran. */
  readonly backlog: Heartbeat[];
  /** What else happened since. */
  readonly events: OwnershipEvent[];
}

/** Is told of everything that speakers do. */
export type Observer = (host: Host, effect: OwnershipEffect, now: Millis) => void;

/** An Ethernet segment with speakers on it and a clock of its own. Faults come from outside. */
export class Segment {
  readonly hosts: readonly Host[];
  readonly #random: () => number;
  readonly #cuts = new Set<string>();
  readonly #names: ReadonlySet<string>;
  #frames: Frame[] = [];
  /** What has arrived in the last {@link RECORDED}, as somebody who listens has it. */
  #recorded: Frame[] = [];
  #observer: Observer = () => undefined;
  #lossyUntil = Number.NEGATIVE_INFINITY;
  #incarnations = 0n;
  now: Millis = 0;
  /** Names of hosts that are no candidates. */
  readonly unfit = new Set<string>();
  /** Addresses that are to be apart, with their groups. */
  groups: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(size: number, seed: number) {
    this.#random = seededRandom(seed);
    const names = Array.from({ length: size }, (_, index) => `node-${String.fromCharCode(97 + index)}`);
    this.#names = new Set(names);
    this.hosts = names.map((name, index) => ({
      name,
      index,
      clock: { rate: 1 + DRIFT * (2 * this.#random() - 1), offset: 1e6 * this.#random() },
      startedAt: 0,
      speaker: undefined,
      running: false,
      pausedUntil: 0,
      carrier: true,
      nextTick: 0,
      leaveBy: undefined,
      wanted: new Set(),
      backlog: [],
      events: [],
    }));
  }

  observe(observer: Observer): void {
    this.#observer = observer;
  }

  get lossy(): boolean {
    return this.now < this.#lossyUntil;
  }

  /** What the host's clock shows. */
  time({ clock }: Host): Millis {
    return clock.offset + this.now * clock.rate;
  }

  /** Whether the host answers for the address now. */
  isAnswering(host: Host, address: string): boolean {
    return host.speaker?.isAnswering(address, this.time(host)) ?? false;
  }

  /** Whether frames get from one host to the other. */
  reaches(from: Host, to: Host): boolean {
    return from.carrier && to.carrier && !this.#cuts.has(`${from.index}>${to.index}`);
  }

  start(host: Host): void {
    this.#incarnations += 1n;
    const speaker: SimulatedNode = new SimulatedNode(host.name, DEFAULT_TIMING, this.#incarnations, this.time(host), {
      send: (heartbeat) => this.#send(host, heartbeat),
      effect: (effect) => this.#observer(host, effect, this.now),
    });
    Object.assign(host, { speaker, running: true, pausedUntil: 0, leaveBy: undefined });
    Object.assign(host, { startedAt: this.now, nextTick: this.time(host) });
    host.backlog.length = 0;
    host.events.length = 0;
    if (!host.carrier) host.events.push(linkEvent(false));
    this.want(host, host.wanted);
  }

  crash(host: Host): void {
    host.running = false;
  }

  pause(host: Host, millis: Millis): void {
    if (host.running) host.pausedUntil = Math.max(host.pausedUntil, this.now + millis);
  }

  leave(host: Host): void {
    if (!this.runs(host) || host.leaveBy !== undefined) return;
    host.leaveBy = this.now + LEAVING_TIME;
    host.events.push({ kind: "leave" });
  }

  /** Kubernetes says from now on that the host is no candidate for anything, or is one again. */
  setFit(host: Host, fit: boolean): void {
    if (fit) this.unfit.delete(host.name);
    else this.unfit.add(host.name);
    for (const each of this.hosts) this.want(each, each.wanted);
  }

  want(host: Host, addresses: ReadonlySet<string>): void {
    host.wanted = addresses;
    const nodes = nodesNamed(...[...this.#names].filter((name) => !this.unfit.has(name)));
    const candidates = (address: string) => {
      return { nodes, groups: this.groups.get(address) ?? [] };
    };
    const wanted = new Map([...addresses].map((address) => [address, candidates(address)]));
    host.events.push({ kind: "wanted", wanted, ready: true });
  }

  setCarrier(host: Host, up: boolean): void {
    if (host.carrier === up) return;
    host.carrier = up;
    host.events.push(linkEvent(up));
  }

  cut(from: Host, to: Host): void {
    this.#cuts.add(`${from.index}>${to.index}`);
  }

  get cuts(): number {
    return this.#cuts.size;
  }

  healAll(): void {
    this.#cuts.clear();
  }

  loseFrames(millis: Millis): void {
    this.#lossyUntil = this.now + millis;
  }

  /** From now on, everybody hears again what it heard of the host in that time up to now, once more in the same time. */
  replay(from: Host, millis: Millis): void {
    const start = this.now - millis;
    this.#recorded = this.#recorded.filter(({ at }) => at >= this.now - RECORDED);
    for (const frame of this.#recorded) {
      if (frame.heartbeat.node !== from.name || frame.at < start) continue;
      this.#frames.push({ ...frame, at: frame.at + millis, isReplayed: true });
    }
  }

  /** Moves the clock on by one {@link STEP}. */
  advance(): void {
    this.now += STEP;
    const due = this.#frames.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    this.#frames = this.#frames.filter(({ at }) => at > this.now);
    this.#recorded.push(...due.filter(({ isReplayed }) => !isReplayed));
    for (const { to, heartbeat } of due) {
      const host = this.hosts[to];
      if (host?.running) host.backlog.push(heartbeat);
    }
    for (const host of this.hosts) if (this.runs(host)) this.#run(host);
  }

  // As an event loop does: timers first, then what has arrived.
  #run(host: Host): void {
    const { speaker } = host;
    const now = this.time(host);
    for (const event of host.events.splice(0)) speaker?.take(event, now);
    if (host.leaveBy !== undefined && (speaker?.state.holdings.size === 0 || this.now >= host.leaveBy)) {
      speaker?.answers.clear();
      host.running = false;
      return;
    }
    const timersFirst = host.backlog.length < 2 || this.#random() < 0.5;
    if (timersFirst) this.#tick(host, now);
    for (const heartbeat of host.backlog.splice(0)) speaker?.take({ kind: "heard", heartbeat }, now);
    if (!timersFirst) this.#tick(host, now);
  }

  #tick(host: Host, now: Millis): void {
    if (now < host.nextTick) {
      host.speaker?.wake(now);
      return;
    }
    host.nextTick = now + DEFAULT_TIMING.interval;
    host.speaker?.tick(now);
  }

  /** Whether its speaker runs and is not stopped. */
  runs(host: Host): boolean {
    return host.running && this.now >= host.pausedUntil;
  }

  #send(from: Host, heartbeat: Heartbeat): void {
    for (const to of this.hosts) {
      if (to === from || !this.reaches(from, to)) continue;
      if (this.lossy && this.#random() < LOSS) continue;
      const copies = this.lossy && this.#random() < REPETITION ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        this.#frames.push({ at: this.now + this.#random() * LONGEST_DELAY, to: to.index, heartbeat });
      }
    }
  }
}

import { setImmediate as breath } from "node:timers/promises";
import type { Link, Links, OpenLinkSocket } from "@fairlead/linux";
import { type MemoryHost, MemoryLan } from "@fairlead/linux/testing";
import { formatAddress, type IpAddress, parsePrefix } from "@fairlead/net";
import type { Clock, Millis } from "@fairlead/runtime";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import type { Conflict, Finding, Move } from "../src/events.ts";
import { HeartbeatKeys } from "../src/heartbeat/keys.ts";
import { LinkAgent } from "../src/link-agent.ts";
import type { Candidates } from "../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../src/ownership/timing.ts";
import { decodeArp } from "../src/packet/arp.ts";
import { decodeEnvelope } from "../src/packet/envelope.ts";
import { decodeEthernet, ETHERTYPE } from "../src/packet/ethernet.ts";
import {
  decodeHeartbeat,
  HEARTBEAT_ETHERTYPE,
  HEARTBEAT_GROUP,
  type Heartbeat,
  OPENING_MARK,
} from "../src/packet/heartbeat.ts";
import { ALL_NODES, groupMac } from "../src/packet/ndp.ts";
import type { Responder } from "../src/ports.ts";
import { ndpIn } from "../src/testing/ndp-in.ts";
import { nodesNamed } from "./builders.ts";

/** What happened on a bench, in order: "a answers 192.0.2.50", "a announces 192.0.2.50 by request". */
export type Journal = string[];

/** A responder that writes down what it is told, and can be made to fail or to take its time. */
export class RecordingResponder implements Responder {
  readonly kind = "userspace";
  keptByHeartbeats = false;
  readonly #node: string;
  readonly #journal: Journal;
  answered: readonly string[] = [];
  refreshes = 0;
  closed = false;
  /** How many calls are still to fail. */
  failures = 0;
  /** What calls wait for before they take effect. */
  ready: Promise<void> = Promise.resolve();

  constructor(node: string, journal: Journal) {
    this.#node = node;
    this.#journal = journal;
  }

  async answer(addresses: readonly IpAddress[]): Promise<void> {
    const texts = addresses.map(formatAddress);
    await this.ready;
    this.#journal.push(`${this.#node} answers ${texts.join(" ") || "nothing"}`);
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("no room");
    }
    this.answered = texts;
  }

  async repair(): Promise<void> {
    this.#journal.push(`${this.#node} repairs`);
  }

  refresh(): void {
    this.refreshes += 1;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.answered = [];
  }
}

/** A clock that another one drives, and that can be ahead of it: the process was stopped for that long. */
export class StoppedClock implements Clock {
  readonly #clock: Clock;
  ahead: Millis = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): Millis {
    return this.#clock.now() + this.ahead;
  }

  monotonic(): Millis {
    return this.#clock.monotonic() + this.ahead;
  }

  random(): number {
    return this.#clock.random();
  }

  after(delay: Millis, action: () => void): () => void {
    return this.#clock.after(delay, action);
  }
}

/** Links that a test sets. */
export class FakeLinks implements Links {
  #links: readonly Link[];
  readonly #listeners = new Set<() => void>();

  constructor(links: readonly Link[]) {
    this.#links = links;
  }

  current(): readonly Link[] {
    return this.#links;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(links: readonly Link[]): void {
    this.#links = links;
    for (const listener of this.#listeners) listener();
  }

  close(): void {
    this.#listeners.clear();
  }
}

/** One node of a bench. */
export interface BenchNode {
  readonly host: MemoryHost;
  readonly agent: LinkAgent;
  readonly responder: RecordingResponder;
  readonly clock: StoppedClock;
  readonly log: MemoryLog;
  readonly moves: Move[];
  readonly conflicts: Conflict[];
  readonly findings: Finding[];
  /** Heartbeats sent so that they keep answers coming. */
  readonly opening: { heartbeats: number };
}

/** A segment in memory with somebody who listens to everything. */
export class Bench {
  readonly lan = new MemoryLan();
  readonly clock = new FakeClock();
  readonly journal: Journal = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly #names = new Map<string, string>();
  readonly #agents: LinkAgent[] = [];
  readonly #stations: { host: MemoryHost; agent: LinkAgent; subnet: string }[] = [];
  /** Datagrams sent so far. */
  datagrams = 0;
  readonly #prefixLength: number;

  /** @param prefixLength - of the subnet that every node has. */
  constructor(prefixLength = 24) {
    this.#prefixLength = prefixLength;
    const ear = this.lan.host("ear", "192.0.2.254/24");
    const types = [HEARTBEAT_ETHERTYPE, ETHERTYPE.arp, ETHERTYPE.ipv6];
    const groups = [HEARTBEAT_GROUP, groupMac(ALL_NODES)];
    ear.openLinkSocket(ear.link(), types, (frame) => this.#overhear(frame), { groups });
  }

  node(name: string, responder = new RecordingResponder(name, this.journal), keys = new HeartbeatKeys()): BenchNode {
    const number = this.#agents.length + 1;
    const subnet = `192.0.2.${number}/${this.#prefixLength}`;
    const host = this.lan.host(name, subnet, `2001:db8::${number}/64`, `fe80::${number}/64`);
    this.#names.set(host.link().mac, name);
    const clock = new StoppedClock(this.clock);
    const log = new MemoryLog();
    const moves: Move[] = [];
    const conflicts: Conflict[] = [];
    const findings: Finding[] = [];
    const opening = { heartbeats: 0 };
    const openLinkSocket: OpenLinkSocket = (link, types, onFrame, options) => {
      const socket = host.openLinkSocket(link, types, onFrame, options);
      if (options?.mark !== OPENING_MARK) return socket;
      const send = (frame: Uint8Array) => {
        opening.heartbeats += 1;
        socket.send(frame);
      };
      return { send, close: () => socket.close() };
    };
    const agent = new LinkAgent({
      node: name,
      link: host.link(),
      timing: DEFAULT_TIMING,
      keys,
      openLinkSocket,
      sendDatagram: (octets, to) => this.#carryDatagram(number, octets, to),
      responder,
      clock,
      log,
      onEvent: (event) => {
        if (event.kind === "moved") moves.push(event.move);
        if (event.kind === "conflict") conflicts.push(event.conflict);
        if (event.kind === "finding") findings.push(event.finding);
      },
    });
    this.#agents.push(agent);
    this.#stations.push({ host, agent, subnet });
    return { host, agent, responder, clock, log, moves, conflicts, findings, opening };
  }

  // Datagrams go over the same wires, and are forwarded whatever the switch does with heartbeats.
  #carryDatagram(from: number, octets: Uint8Array, to: IpAddress): void {
    const target = this.#stations.find(({ subnet }) => subnet.startsWith(`${formatAddress(to)}/`));
    const source = this.#stations[from - 1];
    if (target === undefined || source === undefined) return;
    this.datagrams += 1;
    setImmediate(() => {
      if (!target.host.link().up || !source.host.link().up) return;
      target.agent.hearDatagram(octets, parsePrefix(source.subnet).address);
    });
  }

  /** Lets time go by; frames arrive in between. */
  async pass(millis: Millis): Promise<void> {
    for (let left = millis; left > 0; left -= 10) {
      await this.clock.advance(Math.min(10, left));
      await breath();
    }
    await breath();
  }

  async close(): Promise<void> {
    for (const agent of this.#agents) await agent.close();
  }

  #overhear(octets: Uint8Array): void {
    const { source, etherType, payload } = decodeEthernet(octets);
    if (etherType === HEARTBEAT_ETHERTYPE) {
      this.heartbeats.push(decodeHeartbeat(decodeEnvelope(payload).body));
      return;
    }
    const who = this.#names.get(source) ?? source;
    if (etherType === ETHERTYPE.arp) {
      const { operation, sender, target } = decodeArp(payload);
      if (sender.ip.value === 0n) return void this.journal.push(`${who} asks for ${formatAddress(target.ip)}`);
      this.journal.push(`${who} announces ${formatAddress(sender.ip)} by ${operation}`);
      return;
    }
    const ndp = ndpIn(octets);
    if (ndp?.message.kind !== "advertisement" || !ndp.message.override || ndp.message.solicited) return;
    const from = formatAddress(ndp.packet.source);
    this.journal.push(`${who} announces ${formatAddress(ndp.message.target)} as ${ndp.message.mac} from ${from}`);
  }
}

/** These addresses, for any of these nodes. */
export function wanted(addresses: readonly string[], ...nodes: string[]): ReadonlyMap<string, Candidates> {
  return new Map(addresses.map((address) => [address, { nodes: nodesNamed(...nodes) }]));
}

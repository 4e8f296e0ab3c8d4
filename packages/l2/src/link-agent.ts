import type { Link, OpenLinkSocket } from "@fairlead/linux";
import {
  type AddressRange,
  type IpAddress,
  type Prefix,
  parseAddress,
  prefixRange,
  rangeContains,
} from "@fairlead/net";
import type { Cancel, Clock, Log, Millis } from "@fairlead/runtime";
import { Announcer } from "./announce/announcer.ts";
import { LINK_LOCAL } from "./announce/source.ts";
import { CLIENT_SLOTS } from "./client-hash.ts";
import { HeartbeatChannel } from "./heartbeat/channel.ts";
import type { HeartbeatKeys } from "./heartbeat/keys.ts";
import { conflicts, heartbeatsIgnored, takeOverGap, tickDelay } from "./metrics.ts";
import type { OwnershipEffect, ReleaseCause } from "./ownership/effect.ts";
import type { OwnershipEvent } from "./ownership/event.ts";
import { begin, mayAnswer, nextDecision, step } from "./ownership/ownership.ts";
import { say, tableParts } from "./ownership/say.ts";
import type { Candidates, Holding, LinkEnd, OwnershipState, Peer, Stranger } from "./ownership/state.ts";
import type { OwnershipTiming } from "./ownership/timing.ts";
import type { Heartbeat, TablePart } from "./packet/heartbeat.ts";
import type { Responder, Share } from "./ports.ts";
import type { WireFinding } from "./wire/wire-checks.ts";
import { WireWatch } from "./wire/wire-watch.ts";

/** An address changed hands, as far as this node is concerned. */
export type Move =
  | { readonly kind: "own"; readonly address: string; readonly link: string; readonly holding: Holding }
  | {
      readonly kind: "release";
      readonly address: string;
      readonly link: string;
      readonly epoch: number;
      readonly cause: ReleaseCause;
      readonly to?: string;
    };

/** An address that is wanted and that somebody has who is no speaker. */
export interface Conflict extends Stranger {
  readonly address: string;
  readonly link: string;
}

/** What this node sees wrong with an address of another one. */
export interface Finding extends WireFinding {
  readonly link: string;
}

/** What a {@link LinkAgent} needs. */
export interface LinkAgentOptions {
  readonly node: string;
  readonly link: Link;
  readonly timing: OwnershipTiming;
  readonly keys: HeartbeatKeys;
  readonly openLinkSocket: OpenLinkSocket;
  /** Sends a datagram to another speaker's port; it may be lost without a word. */
  readonly sendDatagram: (octets: Uint8Array, to: IpAddress) => void;
  readonly responder: Responder;
  readonly clock: Clock;
  readonly log: Log;
  readonly onMove: (move: Move) => void;
  /** Told of each stranger that is found to have an address. */
  readonly onConflict: (conflict: Conflict) => void;
  /** Told of each address of another node that is found not to be answered for as it ought to be. */
  readonly onFinding: (finding: Finding) => void;
  /** Told when the neighbors have changed. */
  readonly onChange: () => void;
}

/**
 * Ownership on one link: sends and hears heartbeats, keeps the responder to what this node owns, and announces it. The
 * decisions are step()'s; this runs their effects.
 */
export class LinkAgent {
  readonly #options: LinkAgentOptions;
  readonly #channel: HeartbeatChannel;
  readonly #wire: WireWatch;
  readonly #announcer: Announcer;
  readonly #incarnation: bigint;
  #link: Link;
  #state: OwnershipState;
  #sequence = 0;
  #timer: Cancel = () => {};
  #answered: ReadonlySet<string> = new Set();
  #dueTimer: Cancel = () => {};
  #answering: Promise<void> = Promise.resolve();
  #answerStale = false;
  /** What was last answered of shared addresses: one that leaves answers on. */
  #shares: readonly Share[] = [];
  #closed = false;

  constructor(options: LinkAgentOptions) {
    this.#options = options;
    this.#link = options.link;
    const { node, timing, link, clock, onFinding, onChange } = options;
    this.#incarnation = incarnationOf(link, clock);
    this.#state = begin(node, timing, endOf(link), clock.monotonic(), firstChallenge(clock));
    const own = { ...options, link: () => this.#link };
    this.#channel = new HeartbeatChannel({ ...own, onHeartbeat: (heartbeat) => this.#hear(heartbeat) });
    this.#wire = new WireWatch({
      ...own,
      state: () => this.#state,
      onEvent: (event) => this.#take(event),
      onFinding: (finding) => onFinding({ link: link.name, ...finding }),
      onChange,
      send: (frame) => this.#channel.sendFrame(frame),
    });
    this.#announcer = new Announcer({
      clock,
      link: () => this.#link,
      // Nothing is announced that is not answered for: not yet, or not while another may have taken it over.
      mayAnnounce: (address) => this.#mayAnswer() && this.#answered.has(address),
      send: (frame) => this.#channel.sendFrame(frame),
    });
    this.#tick();
  }

  /** The link, as it was last seen. */
  get link(): Link {
    return this.#link;
  }

  /** What answers on the link. */
  get responder(): Responder["kind"] {
    return this.#options.responder.kind;
  }

  /** Addresses that this node answers for. */
  get owned(): ReadonlyMap<string, Holding> {
    return new Map([...this.#state.holdings].filter(([, { state }]) => state !== "claimed"));
  }

  /** Of each shared address that this node answers for, the parts of the clients that it answers. */
  get shares(): OwnershipState["shares"] {
    return this.#state.shares;
  }

  /** Speakers heard on the link, by name. */
  get neighbors(): string[] {
    return [...this.#state.peers.keys()].sort();
  }

  /** Speakers that were heard of late, as they were last heard. */
  get peers(): Iterable<Pick<Peer, "node" | "heardAt" | "detection">> {
    return this.#state.peers.values();
  }

  /** Addresses that this node may have on the link, but leaves to others for a while as it was lost too often. */
  get heldDown(): readonly string[] {
    const { reluctance, wanted, holdings, node } = this.#state;
    if (reluctance !== "HoldDown") return [];
    return [...wanted].flatMap(([address, { nodes }]) => (nodes.has(node) && !holdings.has(address) ? address : []));
  }

  /** Addresses that strangers have though they are wanted. */
  get strangers(): ReadonlyMap<string, Stranger> {
    return this.#state.strangers;
  }

  /** Addresses that others own and do not answer for as they ought to. */
  get findings(): ReadonlyMap<string, WireFinding> {
    return this.#wire.findings;
  }

  /** Takes a datagram that has come from somebody in a subnet of the link. */
  hearDatagram(octets: Uint8Array, from: IpAddress): void {
    if (!this.#closed) this.#channel.hearDatagram(octets, from);
  }

  /** Nodes that may have a speaker on the link, by name, with their addresses. */
  expect(nodes: ReadonlyMap<string, readonly IpAddress[]>): void {
    this.#channel.expect(nodes);
  }

  /** Hears who has addresses of these ranges from now on. @throws SystemCallError */
  listenFor(ranges: readonly AddressRange[]): void {
    this.#wire.listenFor(ranges);
  }

  /**
   * The addresses that are to be answered for on this link, each with the nodes that may.
   *
   * @param ready - whether this node forwards for them already.
   */
  want(wanted: ReadonlyMap<string, Candidates>, ready = true): void {
    this.#take({ kind: "wanted", wanted, ready });
    this.#wire.rememberAskersOf([...this.#state.shared.keys()]);
  }

  /** Takes note of the link's state; only its index, name and MAC address must be the same. */
  see(link: Link): void {
    const cameUp = link.up && !this.#link.up;
    this.#link = link;
    this.#take({ kind: "link", link: endOf(link) });
    if (cameUp) this.#announcer.beginAll();
  }

  /** Hands everything over: resolves when nothing is left, or at the deadline. Goes on answering until then. */
  async leave(deadline: Millis): Promise<void> {
    const { clock, timing } = this.#options;
    this.#take({ kind: "leave" });
    const end = clock.monotonic() + deadline;
    const alone = () => this.#state.peers.size === 0;
    const pause = () => new Promise<void>((resolve) => void clock.after(timing.interval / 4, resolve));
    while (this.#state.holdings.size > 0 && !alone() && clock.monotonic() < end) await pause();
    // Those that answer its clients now say so to nobody: they need a moment.
    const shareEnd = Math.min(end, clock.monotonic() + 2 * timing.interval);
    while (this.#answersShares && !alone() && clock.monotonic() < shareEnd) await pause();
  }

  /** Falls silent at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer();
    this.#dueTimer();
    this.#announcer.close();
    this.#channel.close();
    this.#wire.close();
    await this.#answering.catch(() => undefined);
    await this.#options.responder.close();
  }

  #tick(): void {
    const { clock, timing, responder } = this.#options;
    const due = clock.monotonic() + timing.interval;
    this.#timer = clock.after(timing.interval, () => {
      tickDelay.observe(Math.max(0, clock.monotonic() - due) / 1_000);
      this.#tick();
    });
    this.#take({ kind: "tick" });
    // Whoever may have been taken for dead asks first: only then does the gate open again.
    const answersAny = this.#announcer.size > 0 || this.#answersShares;
    if (answersAny && this.#mayAnswer()) responder.refresh();
    if (this.#answerStale) this.#answer();
    this.#wire.check(this.#mayAnswer());
    this.#channel.look();
    this.#sendHeartbeat(undefined);
    this.#announcer.run();
  }

  #hear(heartbeat: Heartbeat): void {
    this.#wire.know(heartbeat);
    this.#take({ kind: "heard", heartbeat });
  }

  #take(event: OwnershipEvent): void {
    if (this.#closed) return;
    const { next, effects } = step(this.#state, event, this.#options.clock.monotonic());
    this.#state = next;
    for (const effect of effects) this.#run(effect);
    const owns = effects.some(({ kind }) => kind === "own");
    if (owns || effects.some(({ kind }) => kind === "release" || kind === "share")) this.#answer(this.#former(effects));
    const shares = effects.filter((effect) => effect.kind === "share");
    void this.#answering.then(() => {
      for (const { address, gained } of shares) this.#wire.tellClients(address, gained);
    });
    // Whoever hands over to this node falls silent when it hears that this one answers: it must be so by then.
    if (owns) void this.#answering.then(() => this.#sendTable());
    else if (effects.some(({ kind }) => kind === "sendTable")) this.#sendTable();
    this.#wakeWhenDue();
  }

  // A speaker that has been silent for too long or a claim that has stood is acted on then, not at the next heartbeat.
  #wakeWhenDue(): void {
    const { clock, timing } = this.#options;
    this.#dueTimer();
    const wait = nextDecision(this.#state) - clock.monotonic();
    if (wait < timing.interval) this.#dueTimer = clock.after(Math.max(0, wait), () => this.#take({ kind: "tick" }));
  }

  #run(effect: OwnershipEffect): void {
    const { log, timing, onMove, onChange } = this.#options;
    const link = this.#link.name;
    switch (effect.kind) {
      case "own": {
        const { since, silentSince } = effect.holding;
        if (silentSince !== undefined) takeOverGap.observe((since - silentSince) / 1_000);
        this.#announcer.begin(effect.address);
        onMove({ ...effect, link });
        return;
      }
      case "release":
        this.#announcer.end(effect.address);
        onMove({ ...effect, link });
        return;
      case "share": {
        const { address, slots } = effect;
        log.info({ address, link, parts: slots.size, of: CLIENT_SLOTS }, "answering a part of the clients");
        onChange();
        return;
      }
      case "probe":
        this.#wire.probe(effect.address, timing.probe);
        return;
      case "ask":
        this.#wire.ask(effect.address);
        return;
      case "repair":
        this.#repair(effect);
        return;
      case "stranger":
        this.#meet(effect);
        return;
      case "strangerGone": {
        const { address, stranger } = effect;
        log.info({ address, link, mac: stranger.mac }, "nobody else has the address any more");
        onChange();
        return;
      }
      case "reannounce": {
        const { address, rival } = effect;
        if (!this.#announcer.answerRival(address)) return;
        log.warn({ address, link, rival }, "another node answered for this address too; announcing it again");
        return;
      }
      case "slept":
        log.warn({ link, millis: Math.round(effect.millis) }, "the speaker was stopped for a while; listening first");
        return;
      case "peerUp":
        log.info({ link, peer: effect.node }, "speaker heard");
        // What neighbours and switches beyond the fault have learned meanwhile may be wrong.
        if (effect.isBack) this.#announcer.beginAll();
        onChange();
        return;
      case "peerDown":
        log.warn({ link, peer: effect.node }, "speaker silent");
        onChange();
        return;
      case "reluctance":
        if (effect.reluctance === "HoldDown") {
          log.warn({ link }, "lost three times within a minute; taking over only what no other node can");
        }
        onChange();
        return;
      case "ignored":
        heartbeatsIgnored.inc({ cause: effect.cause });
        log.debug({ link, peer: effect.node, cause: effect.cause }, "heartbeat ignored");
        return;
      case "sendTable":
        return;
    }
  }

  #repair({ address, code, by }: Extract<OwnershipEffect, { kind: "repair" }>): void {
    const { log, responder } = this.#options;
    const fields = { address, link: this.#link.name, reason: code, by };
    log.warn(fields, "another speaker's wire check of this address failed; repairing");
    this.#announcer.begin(address);
    responder.repair().then(
      () => this.#announcer.run(),
      (error) => {
        this.#answerStale = true;
        log.error({ link: this.#link.name, err: String(error) }, "cannot repair what answers; trying again");
      },
    );
  }

  #meet({ address, stranger, isNews }: Extract<OwnershipEffect, { kind: "stranger" }>): void {
    const { onConflict, onChange } = this.#options;
    const { code } = stranger;
    conflicts.inc({ reason: code });
    // Neighbours believe whoever spoke last; two that both do this must not drown the link (RFC 5227 §2.4).
    if (code === "AddressConflict") this.#announcer.defend(address);
    if (!isNews) return;
    onConflict({ address, link: this.#link.name, ...stranger });
    onChange();
  }

  // Who hands an address over is there still, and knows its connections.
  #former(effects: readonly OwnershipEffect[]): ReadonlyMap<string, IpAddress> {
    const former = new Map<string, IpAddress>();
    for (const effect of effects) {
      if (effect.kind !== "own" || effect.holding.silentSince !== undefined) continue;
      const peer = this.#state.peers.get(effect.holding.previous ?? "");
      const { family } = parseAddress(effect.address);
      const own = peer?.end.prefixes.map(({ address }) => address).filter((address) => address.family === family) ?? [];
      const near = own.find((address) => isNear(address, this.#link.addresses));
      if (near !== undefined) former.set(effect.address, near);
    }
    return former;
  }

  // Calls may overlap: the responder runs them in order, and the last one counts.
  #answer(former: ReadonlyMap<string, IpAddress> = new Map()): void {
    const { responder, log } = this.#options;
    this.#answerStale = false;
    const addresses = [...this.owned.keys()];
    const leaving = this.#state.leaving && this.#state.shares.size === 0;
    const shares = leaving
      ? this.#shares
      : [...this.#state.shares].map(([address, slots]) => ({ address: parseAddress(address), slots }));
    this.#shares = shares;
    this.#answering = responder.answer(addresses.map(parseAddress), shares, former).then(
      () => {
        this.#answered = new Set(addresses);
        if (this.#mayAnswer()) responder.refresh();
        this.#announcer.run();
      },
      (error) => {
        this.#answerStale = true;
        log.error({ link: this.#link.name, err: String(error) }, "cannot answer for addresses; trying again");
      },
    );
  }

  get #answersShares(): boolean {
    return this.#shares.length > 0;
  }

  #mayAnswer(): boolean {
    return mayAnswer(this.#state, this.#options.clock.monotonic());
  }

  #sendTable(): void {
    if (this.#closed) return;
    for (const part of tableParts(this.#state)) this.#sendHeartbeat(part);
  }

  #sendHeartbeat(table: TablePart | undefined): void {
    this.#sequence += 1;
    const doubts = table === undefined ? this.#wire.doubts() : [];
    const serial = { incarnation: this.#incarnation, sequence: this.#sequence, doubts };
    this.#channel.send(say(this.#state, serial, table, this.#options.clock.monotonic()));
  }
}

// In a subnet of the link, but not one that every link has.
function isNear(address: IpAddress, own: readonly Prefix[]): boolean {
  return !rangeContains(LINK_LOCAL, address) && own.some((subnet) => rangeContains(prefixRange(subnet), address));
}

function endOf({ name, mac, up, addresses }: Link): LinkEnd {
  return { name, mac, up, prefixes: addresses };
}

// It differs between the links of a node too: what was recorded on one of them must mean nothing on another.
function incarnationOf({ index }: Link, clock: Clock): bigint {
  return (BigInt(clock.now()) << 16n) | BigInt(index & 0xffff);
}

// 53 bits of chance, and not 0: no start chooses one twice.
function firstChallenge(clock: Clock): bigint {
  return 1n + BigInt(Math.floor(clock.random() * Number.MAX_SAFE_INTEGER));
}

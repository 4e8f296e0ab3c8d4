import type { Link } from "@fairlead/linux";
import type { AddressRange, IpAddress } from "@fairlead/net";
import { type Cancel, Condition, type Millis } from "@fairlead/runtime";
import { Announcer } from "./announce/announcer.ts";
import { AnswerKeeper } from "./answer-keeper.ts";
import { formerOwners } from "./former-owners.ts";
import { HeartbeatChannel } from "./heartbeat/channel.ts";
import { Speech } from "./heartbeat/speech.ts";
import type { LinkAgentOptions } from "./link-agent-options.ts";
import { endOf, firstChallenge } from "./link-end.ts";
import { type LinkReport, linkReport, ownedBy } from "./link-report.ts";
import { tickDelay } from "./metrics.ts";
import type { OwnershipEvent } from "./ownership/event.ts";
import { begin, mayAnswer, nextDecision, step } from "./ownership/ownership.ts";
import type { Candidates, OwnershipState, Peer } from "./ownership/state.ts";
import type { Heartbeat } from "./packet/heartbeat.ts";
import { type EffectTools, runEffect } from "./run-effect.ts";
import { WireWatch } from "./wire/wire-watch.ts";

/** Ownership on one link: heartbeats, what answers, what is announced. The decisions are step()'s; this runs their effects. */
export class LinkAgent {
  readonly #options: LinkAgentOptions;
  readonly #channel: HeartbeatChannel;
  readonly #wire: WireWatch;
  readonly #announcer: Announcer;
  readonly #answers: AnswerKeeper;
  readonly #speech: Speech;
  readonly #tools: EffectTools;
  readonly #left: Condition;
  #link: Link;
  #state: OwnershipState;
  #timer: Cancel = () => {};
  #dueTimer: Cancel = () => {};
  #closed = false;

  constructor(options: LinkAgentOptions) {
    this.#options = options;
    this.#link = options.link;
    this.#left = new Condition(options.clock);
    const { node, timing, link, clock, responder } = options;
    this.#state = begin(node, timing, endOf(link), clock.monotonic(), firstChallenge(clock));
    const send = (frame: Uint8Array) => this.#channel.sendFrame(frame);
    const own = { ...options, link: () => this.#link, send };
    const onHeartbeat = (heartbeat: Heartbeat) => {
      this.#wire.know(heartbeat);
      this.#take({ kind: "heard", heartbeat });
    };
    this.#channel = new HeartbeatChannel({ ...own, onHeartbeat });
    this.#wire = new WireWatch({
      ...own,
      state: () => this.#state,
      onEvent: (event) => this.#take(event),
      onChange: () => options.onEvent({ kind: "changed" }),
      onFinding: (finding) => options.onEvent({ kind: "finding", finding: { link: link.name, ...finding } }),
    });
    this.#announcer = new Announcer({
      ...own,
      // Nothing is announced that is not answered for: not yet, or not while another may have taken it over.
      mayAnnounce: (address) => this.#mayAnswer() && this.#answers.answers(address),
    });
    this.#answers = new AnswerKeeper({
      ...own,
      link: link.name,
      onAnswering: () => {
        if (this.#mayAnswer()) {
          responder.refresh();
          // At once, not with the next heartbeat: it is announced in a moment.
          if (responder.keptByHeartbeats) this.#speech.open(this.#state);
        }
        this.#announcer.run();
      },
    });
    this.#speech = new Speech({ channel: this.#channel, link, clock, timing, doubts: () => this.#wire.doubts() });
    const does = { announcer: this.#announcer, answers: this.#answers, wire: this.#wire };
    this.#tools = { ...options, ...does, link: link.name, probe: timing.probe };
    this.#tick();
  }

  /** The link, as it was last seen. */
  get link(): Link {
    return this.#link;
  }

  /** Addresses that this node answers for. */
  get owned(): LinkReport["owned"] {
    return ownedBy(this.#state);
  }

  /** Speakers that are heard, as they were last heard. */
  get peers(): Iterable<Pick<Peer, "node" | "heardAt" | "detection">> {
    return this.#state.peers.values();
  }

  /** What there is to say now. */
  report(): LinkReport {
    return linkReport(this.#state, this.#link, this.#options.responder.kind, this.#wire.findings);
  }

  /** Takes a datagram that has come from somebody in a subnet of the link. */
  hearDatagram(octets: Uint8Array, from: IpAddress): void {
    if (!this.#closed) this.#channel.hearDatagram(octets, from);
  }

  /** Learns which nodes may have a speaker here, with their addresses, and hears who has addresses of ranges. @throws SystemCallError */
  know(nodes: ReadonlyMap<string, readonly IpAddress[]>, ranges: readonly AddressRange[]): void {
    this.#channel.expect(nodes);
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
    const isAlone = () => this.#state.peers.size === 0;
    await this.#left.until(() => this.#state.holdings.size === 0 || isAlone(), end);
    // Those that answer its clients now say so to nobody: they need a moment.
    const moment = Math.min(end, clock.monotonic() + 2 * timing.interval);
    await this.#left.until(() => !this.#answers.answersShares || isAlone(), moment);
  }

  /** Falls silent at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer();
    this.#dueTimer();
    this.#announcer.close();
    this.#channel.close();
    this.#wire.close();
    await this.#answers.close();
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
    const opens = (this.#announcer.size > 0 || this.#answers.answersShares) && this.#mayAnswer();
    if (opens) responder.refresh();
    if (this.#answers.isStale) this.#answers.follow(this.#state);
    this.#wire.check(this.#mayAnswer());
    this.#channel.look();
    this.#speech.beat(this.#state, opens);
    this.#announcer.run();
  }

  #take(event: OwnershipEvent): void {
    if (this.#closed) return;
    const { next, effects } = step(this.#state, event, this.#options.clock.monotonic());
    this.#state = next;
    for (const effect of effects) runEffect(effect, this.#tools);
    const owns = effects.some(({ kind }) => kind === "own");
    if (owns || effects.some(({ kind }) => kind === "release" || kind === "share")) {
      this.#answers.follow(next, formerOwners(effects, next, this.#link));
    }
    const shares = effects.filter((effect) => effect.kind === "share");
    void this.#answers.settled.then(() => {
      for (const { address, gained } of shares) this.#wire.tellClients(address, gained);
    });
    // Whoever hands over to this node falls silent when it hears that this one answers: it must be so by then.
    if (owns) void this.#answers.settled.then(() => this.#closed || this.#speech.tell(this.#state));
    else if (effects.some(({ kind }) => kind === "sendTable")) this.#speech.tell(next);
    this.#wakeWhenDue();
    this.#left.changed();
  }

  // A speaker that has been silent for too long or a claim that has stood is acted on then, not at the next heartbeat.
  #wakeWhenDue(): void {
    const { clock, timing } = this.#options;
    this.#dueTimer();
    const wait = nextDecision(this.#state) - clock.monotonic();
    if (wait < timing.interval) this.#dueTimer = clock.after(Math.max(0, wait), () => this.#take({ kind: "tick" }));
  }

  #mayAnswer(): boolean {
    return mayAnswer(this.#state, this.#options.clock.monotonic());
  }
}

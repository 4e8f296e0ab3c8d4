import type { EventNote } from "@fairlead/kube";
import {
  Agent,
  type Conflict,
  type Finding,
  type HeartbeatKeys,
  type Holding,
  type Move,
  type OwnershipTiming,
  type TakeOverCause,
} from "@fairlead/l2";
import { describeAnnouncementRefusal } from "@fairlead/model";
import { type Clock, formatTime, type Log, Pacer, Queue } from "@fairlead/runtime";
import type { Plan, PlannedAddress } from "./decide.ts";
import { announcementRefusals, forwardedPorts, moves, ownedAddresses } from "./metrics.ts";
import type { NodePorts, Reporter } from "./ports.ts";
import { Reachability } from "./reachability/index.ts";
import { MOST_MOVES, type RecentMove, refusedAddresses, serviceNames, speakerStatus } from "./status/speaker-status.ts";

/** What a {@link Speaker} needs. */
export interface SpeakerOptions {
  /** Name of this node. */
  readonly node: string;
  readonly ports: NodePorts;
  readonly reporter: Reporter;
  readonly timing: OwnershipTiming;
  readonly keys: HeartbeatKeys;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a graceful stop waits for others to take over. */
const HAND_OVER_MILLIS = 1_000;

/** Lines of the log in one turn of the event loop, each some ten microseconds. */
const WORDS_PER_TURN = 100;

/** How long changes are gathered for one report: a report is as long as the plan, and thousands of moves come at once. */
const REPORT_SETTLE_MILLIS = 20;

/** Makes a node do what the plans say: forwards first, announces then; withdraws first, stops forwarding then. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #agent: Agent;
  readonly #reachability: Reachability;
  readonly #queue: Queue;
  readonly #startedAt: string;
  /** What is logged and noted: thousands of lines at once would hold up heartbeats. */
  readonly #words: Pacer;
  #plan: Plan | undefined;
  #applied: Plan | undefined;
  /** The addresses of the plan that is being put into effect, and of the one before it: what is withdrawn is there. */
  #known: ReadonlyMap<string, PlannedAddress> = new Map();
  #refused = new Map<string, string>();
  /** Latest first. */
  #moves: readonly RecentMove[] = [];
  #reportDue = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    const { node, ports, timing, keys, clock, log } = options;
    this.#words = new Pacer(clock, WORDS_PER_TURN);
    this.#startedAt = formatTime(clock.now());
    this.#agent = new Agent({
      node,
      timing,
      keys,
      ...ports,
      clock,
      log,
      onMove: (move) => this.#words.run(() => this.#moved(move)),
      onConflict: (conflict) => this.#words.run(() => this.#met(conflict)),
      onFinding: (finding) => this.#words.run(() => this.#found(finding)),
      onChange: () => this.#reportSoon(),
    });
    this.#reachability = new Reachability({
      node,
      ...ports,
      clock,
      log,
      heard: () => this.#agent.heard(),
      onLost: (lost) => options.reporter.observe({ lost }),
      onChange: () => this.#reportSoon(),
    });
    this.#queue = new Queue(
      () => this.#apply(),
      (error, retryInMillis) => log.error({ err: String(error), retryInMillis }, "cannot forward; trying again"),
      clock,
      { settle: 0, atLeastEvery: 300_000, retry: { first: 100, most: 5_000 } },
    );
  }

  /** Takes a new plan; the last one counts. */
  follow(plan: Plan): void {
    this.#plan = plan;
    this.#reachability.know(plan.nodes);
    this.#queue.request();
  }

  /** Why the speaker is not ready, or undefined if it is. */
  notReady(): string | undefined {
    return this.#applied === undefined ? "waiting for the first plan to be in effect" : undefined;
  }

  /**
   * Hands all addresses over to other nodes, then stops answering. Forwarding stays in the kernel: frames that are on
   * their way, and a speaker that starts again, find it.
   */
  async stop(): Promise<void> {
    await this.#queue.stop();
    await this.#agent.stop(HAND_OVER_MILLIS);
    this.#reachability.close();
    this.#words.flush();
    // Where there was no successor, nothing was handed over; but nothing is answered for either.
    this.#report({ ...this.#agent.report(), owned: [] });
  }

  async #apply(): Promise<void> {
    const plan = this.#plan;
    if (plan === undefined) return;
    const before = new Set(this.#applied?.addresses.map(({ address }) => address));
    const known = [...(this.#applied?.addresses ?? []), ...plan.addresses];
    this.#known = new Map(known.map((planned) => [planned.address, planned]));
    this.#agent.want(
      plan.addresses.filter(({ address }) => before.has(address)),
      plan.ranges,
      plan.nodes,
      this.#applied !== undefined,
    );
    await this.#options.ports.forwarding.apply(plan.forwarding);
    this.#applied = plan;
    this.#agent.want(plan.addresses, plan.ranges, plan.nodes);
    this.#logForwarding(plan, before);
  }

  #logForwarding(plan: Plan, before: ReadonlySet<string>): void {
    const { log } = this.#options;
    forwardedPorts.set(plan.forwarding.ports.length);
    for (const { address, service } of plan.addresses) {
      const fields = { address, service, mode: plan.forwarding.mode };
      if (!before.has(address)) this.#words.run(() => log.info(fields, "forwarding installed"));
    }
  }

  #moved(move: Move): void {
    const { log, node } = this.#options;
    const planned = this.#known.get(move.address);
    const { address, link } = move;
    const fields = { address, service: planned && serviceNames(planned), link };
    this.#remember(move, fields.service ?? "");
    if (move.kind === "own") {
      const { epoch, cause, previous } = move.holding;
      moves.inc({ direction: "own", cause });
      log.info({ ...fields, epoch, cause, previous }, "address announced: this node owns it");
      if (planned !== undefined) {
        const message = `${node} answers for ${move.address} on ${move.link}: ${becauseOf(cause, previous)}`;
        this.#note(planned, { type: "Normal", reason: "AddressAnnounced", message });
      }
    } else {
      const { epoch, cause, to } = move;
      moves.inc({ direction: "release", cause });
      log.info({ ...fields, epoch, cause, to, why: this.#whyReleased(planned) }, "address withdrawn");
    }
    this.#reportSoon();
  }

  #remember(move: Move, service: string): void {
    const { address, link } = move;
    const at = formatTime(this.#options.clock.now());
    const base = { address, service, link, at };
    const recent: RecentMove =
      move.kind === "own"
        ? {
            ...base,
            direction: "taken",
            cause: move.holding.cause,
            ...peerOf(move.holding.previous),
            ...gapOf(move.holding),
          }
        : { ...base, direction: "givenUp", cause: move.cause, ...peerOf(move.to) };
    this.#moves = [recent, ...this.#moves].slice(0, MOST_MOVES);
  }

  #met({ address, link, mac, code }: Conflict): void {
    const { log, node } = this.#options;
    const planned = this.#known.get(address);
    const fields = { address, service: planned && serviceNames(planned), link, mac, reason: code };
    log.warn(fields, "another host on the link uses the address");
    if (planned === undefined) return;
    const message = `${mac} on ${link} of ${node} uses ${address}, and is not a speaker: ${
      code === "AddressInUse" ? "it used it first, so this node does not answer for it" : "both answer for it"
    }`;
    this.#note(planned, { type: "Warning", reason: code, message });
  }

  #found({ address, link, owner, code, macs }: Finding): void {
    const planned = this.#known.get(address);
    const fields = { address, service: planned && serviceNames(planned), link, owner, macs, reason: code };
    this.#options.log.warn(fields, "wire check failed: no answer, or a wrong one");
    if (planned === undefined) return;
    const seen =
      macs.length === 0 ? "nobody answers" : `${macs.join(" and ")} ${macs.length === 1 ? "answers" : "answer"}`;
    const message = `${owner} owns ${address}, but asked from ${this.#options.node} on ${link}, ${seen}`;
    this.#note(planned, { type: "Warning", reason: code, message });
  }

  #note(planned: PlannedAddress, event: Pick<EventNote, "type" | "reason" | "message">): void {
    for (const { service, serviceUid: uid } of [planned, ...(planned.sharers ?? [])]) {
      const [namespace = "", name = ""] = service.split("/");
      this.#options.reporter.note({ object: { kind: "Service", namespace, name }, uid, ...event });
    }
  }

  #whyReleased(planned: PlannedAddress | undefined): string | undefined {
    return planned?.refusal && describeAnnouncementRefusal(planned.refusal);
  }

  #reportSoon(): void {
    if (this.#reportDue) return;
    this.#reportDue = true;
    this.#options.clock.after(REPORT_SETTLE_MILLIS, () => {
      this.#reportDue = false;
      this.#report();
    });
  }

  #report(report = this.#agent.report()): void {
    const plan = this.#applied;
    if (plan === undefined) return;
    const { reporter, clock } = this.#options;
    const offset = clock.now() - clock.monotonic();
    const wallClock = (monotonic: number) => formatTime(monotonic + offset);
    const facts = { startedAt: this.#startedAt, moves: this.#moves, nodes: this.#reachability.remarks() };
    reporter.status(speakerStatus(plan, report, facts, wallClock));
    ownedAddresses.reset();
    for (const { name } of report.links) {
      ownedAddresses.set({ link: name }, report.owned.filter(({ link }) => link === name).length);
    }
    this.#reportRefusals(refusedAddresses(plan, report));
  }

  // Once for each change, not for each look.
  #reportRefusals(refused: ReturnType<typeof refusedAddresses>): void {
    const said = new Map<string, string>();
    announcementRefusals.reset();
    for (const { address, service, refusal } of refused) {
      announcementRefusals.inc({ reason: refusal.code });
      const why = describeAnnouncementRefusal(refusal);
      said.set(address, why);
      if (this.#refused.get(address) !== why) {
        this.#options.log.info({ address, service, reason: refusal.code, why }, "this node is no candidate");
      }
    }
    this.#refused = said;
  }
}

function peerOf(peer: string | undefined): Pick<RecentMove, "peer"> {
  return peer === undefined ? {} : { peer };
}

function gapOf({ since, silentSince }: Holding): Pick<RecentMove, "gapMilliseconds"> {
  return silentSince === undefined ? {} : { gapMilliseconds: Math.round(since - silentSince) };
}

function becauseOf(cause: TakeOverCause, previous: string | undefined): string {
  switch (cause) {
    case "NoOwner":
      return "nobody did";
    case "OwnerSilent":
      return `${previous} fell silent`;
    case "OwnerLeaving":
      return `${previous} is leaving`;
    case "OwnerReleased":
      return `${previous} gave it up`;
  }
}

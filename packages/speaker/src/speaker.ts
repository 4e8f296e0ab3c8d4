import { Agent, type HeartbeatKeys, type OwnershipTiming } from "@fairlead/l2";
import { type Clock, formatTime, type Log, Pacer, Queue } from "@fairlead/runtime";
import type { Plan, PlannedAddress } from "./plan/decide.ts";
import { forwardedPorts, ownedAddresses } from "./metrics.ts";
import type { NodePorts, Reporter } from "./ports.ts";
import { Reachability } from "./reachability/index.ts";
import { refusedAddresses, serviceNames, speakerStatus } from "./status/speaker-status.ts";
import { Moves } from "./tell/moves.ts";
import { Refusals } from "./tell/refusals.ts";
import { tellConflict, tellFinding } from "./tell/wire.ts";

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
  readonly #moves: Moves;
  readonly #refusals: Refusals;
  /** What is logged and noted: thousands of lines at once would hold up heartbeats. */
  readonly #words: Pacer;
  #plan: Plan | undefined;
  #applied: Plan | undefined;
  /** The addresses of the plan that is being put into effect, and of the one before it: what is withdrawn is there. */
  #known: ReadonlyMap<string, PlannedAddress> = new Map();
  #reportDue = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    const { node, ports, timing, keys, clock, log } = options;
    this.#words = new Pacer(clock, WORDS_PER_TURN);
    this.#startedAt = formatTime(clock.now());
    this.#moves = new Moves(options);
    this.#refusals = new Refusals(log);
    this.#agent = new Agent({
      node,
      timing,
      keys,
      ...ports,
      clock,
      log,
      onMove: (move) =>
        this.#words.run(() => {
          this.#moves.tell(move, this.#known.get(move.address));
          this.#reportSoon();
        }),
      onConflict: (conflict) =>
        this.#words.run(() => tellConflict(conflict, this.#known.get(conflict.address), options)),
      onFinding: (finding) => this.#words.run(() => tellFinding(finding, this.#known.get(finding.address), options)),
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
    for (const planned of plan.addresses) {
      const { address } = planned;
      if (before.has(address)) continue;
      const fields = { address, service: serviceNames(planned), mode: plan.forwarding.mode };
      this.#words.run(() => log.info(fields, "forwarding installed"));
    }
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
    const facts = { startedAt: this.#startedAt, moves: this.#moves.recent, nodes: this.#reachability.remarks() };
    reporter.status(speakerStatus(plan, report, facts, wallClock));
    ownedAddresses.reset();
    for (const { name } of report.links) {
      ownedAddresses.set({ link: name }, report.owned.filter(({ link }) => link === name).length);
    }
    this.#refusals.tell(refusedAddresses(plan, report));
  }
}

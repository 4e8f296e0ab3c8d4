import type { StatusPatch } from "@fairlead/kube";
import type { HeartbeatKeys, OwnershipTiming } from "@fairlead/l2";
import type { ClassFilter } from "@fairlead/model";
import { type Clock, formatTime, type Log, Pacer } from "@fairlead/runtime";
import { Layer2Announcer } from "./announce/layer2/layer2-announcer.ts";
import { serviceNames } from "./announce/service-names.ts";
import { forwardedPorts } from "./metrics.ts";
import type { Plan } from "./plan/plan.ts";
import type { NodePorts, Reporter } from "./ports.ts";
import { Reachability } from "./reachability/index.ts";
import { Speaker } from "./speaker.ts";
import { speakerStatus } from "./status/speaker-status.ts";
import { StatusReport } from "./status/status-report.ts";

/** What a {@link NodeSpeaker} needs. */
export interface NodeSpeakerOptions {
  /** Name of this node. */
  readonly node: string;
  readonly classes: ClassFilter;
  /** What is to answer: auto, kernel or userspace. Said in the status alone: the ports have it. */
  readonly responder: string;
  readonly ports: NodePorts;
  readonly reporter: Reporter;
  readonly timing: OwnershipTiming;
  readonly keys: HeartbeatKeys;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines of the log in one turn of the event loop, each some ten microseconds. */
const WORDS_PER_TURN = 100;

/** All that a node does by plans, put together: ways to announce, forwarding, watching other nodes, the status. */
export class NodeSpeaker {
  readonly #options: NodeSpeakerOptions;
  readonly #words: Pacer;
  readonly #layer2: Layer2Announcer;
  readonly #reachability: Reachability;
  readonly #speaker: Speaker;
  readonly #report: StatusReport;
  readonly #startedAt: string;

  constructor(options: NodeSpeakerOptions) {
    this.#options = options;
    const { node, ports, reporter, timing, keys, clock, log } = options;
    this.#startedAt = formatTime(clock.now());
    this.#words = new Pacer(clock, WORDS_PER_TURN);
    this.#report = new StatusReport({ clock, reporter, status: () => this.#status() });
    const own = { node, ...ports, clock, log, onChange: () => this.#report.soon() };
    this.#layer2 = new Layer2Announcer({ ...own, reporter, timing, keys, words: this.#words });
    this.#reachability = new Reachability({
      ...own,
      heard: () => this.#layer2.heard(),
      onLost: (lost) => reporter.observe({ lost }),
    });
    this.#speaker = new Speaker({
      announcers: [this.#layer2],
      clock,
      log,
      onEffect: (plan, before) => {
        this.#tellForwarded(plan, before);
        this.#report.soon();
      },
    });
  }

  /** Takes a new plan, and what has the node forward by it; the last one counts. */
  follow(plan: Plan, forward: () => Promise<void>): void {
    this.#reachability.know(plan.nodes);
    this.#speaker.follow(plan, forward);
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.#speaker.idle;
  }

  /** Why the speaker is not ready, or undefined if it is. */
  notReady(): string | undefined {
    return this.#speaker.inEffect === undefined ? "waiting for the first plan to be in effect" : undefined;
  }

  /** Hands all addresses over to other nodes, then announces nothing any more, and reports that. Forwarding stays. */
  async stop(): Promise<void> {
    await this.#speaker.stop();
    this.#reachability.close();
    this.#words.flush();
    this.#report.now();
  }

  #status(): StatusPatch | undefined {
    const plan = this.#speaker.inEffect;
    if (plan === undefined) return undefined;
    const { classes, responder, timing, clock, ports } = this.#options;
    const offset = clock.now() - clock.monotonic();
    const common = speakerStatus(plan, {
      startedAt: this.#startedAt,
      settings: { ...classes, responder, detectionMilliseconds: timing.detection },
      links: ports.links.current(),
      nodes: this.#reachability.remarks(),
      wallClock: (monotonic) => formatTime(monotonic + offset),
    });
    return { ...common, [this.#layer2.protocol]: this.#layer2.report() };
  }

  #tellForwarded(plan: Plan, before: Plan | undefined): void {
    const { mode, ports } = plan.forwarding.get("node") ?? { mode: "none", ports: 0 };
    forwardedPorts.set(ports);
    for (const [address, planned] of plan.addresses) {
      if (before?.addresses.has(address)) continue;
      const fields = { address, service: serviceNames(planned), mode };
      this.#words.run(() => this.#options.log.info(fields, "forwarding installed"));
    }
  }
}

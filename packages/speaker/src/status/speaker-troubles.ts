import type { ForwardingMode } from "@fairlead/forwarding";
import { notReadyWith, watchTroubles } from "@fairlead/kube";
import type { Links } from "@fairlead/linux";
import type { Trouble } from "@fairlead/model";
import { type Cancel, type Clock, formatTime, type Log } from "@fairlead/runtime";
import { hostNetworkTrouble } from "../node-check/node-check.ts";
import type { NodeWatch } from "../node-check/node-watch.ts";
import type { Plan } from "../plan/plan.ts";
import type { Reporter } from "../ports.ts";
import { TroubleReporter } from "./trouble-reporter.ts";

/** What {@link SpeakerTroubles} looks at. */
export interface SpeakerTroublesOptions {
  /** Name of this node. */
  readonly node: string;
  readonly forwarding: ForwardingMode;
  readonly watch: Pick<NodeWatch, "start" | "stop" | "troubles">;
  readonly links: Pick<Links, "current">;
  readonly clock: Clock;
  readonly log: Log;
}

/** All that keeps a speaker from its work: what the node lacks, and what the deciding thread says of the API server. */
export class SpeakerTroubles {
  readonly #options: SpeakerTroublesOptions;
  #plan: Plan | undefined;
  #ofApi: readonly Trouble[] = [];
  #ofNode: readonly Trouble[] = [];
  #reporter: TroubleReporter | undefined;
  #unwatch: Cancel = () => {};

  constructor(options: SpeakerTroublesOptions) {
    this.#options = options;
  }

  /** Begins to look at the node, and tells `reporter` what there is. @returns what the speaker is to report to. */
  start(reporter: Reporter): Reporter {
    const { node, forwarding, watch, clock, log } = this.#options;
    const startedAt = formatTime(clock.now());
    const wrapped = new TroubleReporter(reporter, { node, forwarding, startedAt });
    this.#reporter = wrapped;
    if (this.#ofApi.length > 0) this.#tell();
    watch.start();
    this.#unwatch = watchTroubles({
      clock,
      log,
      current: () => this.#current(),
      onChange: (troubles) => {
        this.#ofNode = troubles;
        this.#tell();
      },
    });
    return wrapped;
  }

  /** Takes a new plan: it has the addresses of the Node. */
  follow(plan: Plan): void {
    this.#plan = plan;
  }

  /** Takes what the deciding thread has said of itself, and has logged. */
  ofApi(troubles: readonly Trouble[]): void {
    this.#ofApi = troubles;
    this.#tell();
  }

  /** Why the speaker is not ready, a line for each reason; undefined if none of it is trouble. */
  notReady(): string | undefined {
    return notReadyWith([...this.#current(), ...this.#ofApi]);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#unwatch();
    await this.#options.watch.stop();
  }

  #current(): Trouble[] {
    const { node, watch, links } = this.#options;
    const network = this.#plan === undefined ? [] : hostNetworkTrouble(node, this.#plan.nodes, links.current());
    return [...watch.troubles, ...network];
  }

  #tell(): void {
    this.#reporter?.troubles([...this.#ofNode, ...this.#ofApi]);
  }
}

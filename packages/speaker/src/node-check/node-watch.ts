import { isPartial, type Trouble } from "@fairlead/model";
import { type Clock, type Log, Queue } from "@fairlead/runtime";
import { type NodeFacts, nodeTroubles } from "./node-check.ts";

/** What a {@link NodeWatch} needs. */
export interface NodeWatchOptions {
  /** Finds out how the node stands. */
  readonly read: () => Promise<NodeFacts>;
  /** Whether the kernel must answer ARP and NDP; else the speaker can. */
  readonly answersInKernel: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const ONCE_MILLIS = 2 ** 31 - 1;
const RETRY = { first: 1_000, most: 10_000 };

/** Looks at the start whether the node has what a speaker needs, and again and again while it has not. */
export class NodeWatch {
  readonly #queue: Queue;
  #troubles: readonly Trouble[] = [];

  constructor({ read, answersInKernel, clock, log }: NodeWatchOptions) {
    this.#queue = new Queue(
      async () => {
        this.#troubles = nodeTroubles(await read(), answersInKernel);
        if (!this.#troubles.every(isPartial)) throw new Error("the node lacks what a speaker needs");
      },
      (error, retryInMillis) => log.debug({ err: String(error), retryInMillis }, "looking at the node again"),
      clock,
      { settle: 0, atLeastEvery: ONCE_MILLIS, retry: RETRY },
    );
  }

  /** What was wrong at the last look; nothing before the first. */
  get troubles(): readonly Trouble[] {
    return this.#troubles;
  }

  /** Begins to look. */
  start(): void {
    this.#queue.request();
  }

  /** Looks no more. */
  async stop(): Promise<void> {
    await this.#queue.stop();
  }
}

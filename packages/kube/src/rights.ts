import type { Permission } from "@fairlead/model";
import { type Clock, type Log, type Millis, Queue } from "@fairlead/runtime";
import { type Store, StoreError } from "./ports.ts";

/** What {@link Rights} needs. */
export interface RightsOptions {
  readonly store: Pick<Store, "refused">;
  /** What the process must be allowed to do; asked each time. */
  readonly permissions: () => Promise<readonly Permission[]>;
  readonly clock: Clock;
  readonly log: Log;
}

const ASK_AGAIN_MILLIS: Millis = 600_000;
const RETRY = { first: 1_000, most: 5_000 };

/** Asks what the process may do: at its start, every few seconds while something is missing, and now and then. */
export class Rights {
  readonly #queue: Queue;
  #missing: readonly Permission[] = [];

  constructor({ store, permissions, clock, log }: RightsOptions) {
    this.#queue = new Queue(
      async () => {
        this.#missing = await refusedBy(store, await permissions(), log);
        if (this.#missing.length > 0) throw new StoreError("Forbidden", "permissions are missing");
      },
      (error, retryInMillis) => log.debug({ err: String(error), retryInMillis }, "asking again for our permissions"),
      clock,
      { settle: 0, atLeastEvery: ASK_AGAIN_MILLIS, retry: RETRY },
    );
  }

  /** What is missing, as far as is known. */
  get missing(): readonly Permission[] {
    return this.#missing;
  }

  /** Asks now: at the start, and when something was refused. */
  ask(): void {
    this.#queue.request();
  }

  /** Asks no more. */
  async stop(): Promise<void> {
    await this.#queue.stop();
  }
}

// A cluster may be so strict that nobody may ask: then what is missing shows when it is needed.
async function refusedBy(
  store: Pick<Store, "refused">,
  permissions: readonly Permission[],
  log: Log,
): Promise<readonly Permission[]> {
  try {
    return await store.refused(permissions);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== "Forbidden") throw error;
    log.info({ err: error.message }, "cannot ask for our permissions: what is missing shows when it is needed");
    return [];
  }
}

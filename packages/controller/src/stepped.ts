import type { EventNote, Reading, Store } from "@fairlead/kube";
import type { ClassFilter } from "@fairlead/model";
import { formatTime, type Log, type Millis } from "@fairlead/runtime";
import { type Decision, decideOn } from "./plan/decision.ts";
import { Settled } from "./view/settled.ts";
import { CONTROLLER_KINDS, View } from "./view/view.ts";
import { Records } from "./work/records.ts";
import { Work } from "./work/work.ts";

/** How decisions are made: as the options of the process say. */
export interface DecisionOptions {
  readonly classes: ClassFilter;
  readonly reading?: Reading | undefined;
  /** Whether Services with an address get the cleanup finalizer; not unless told. */
  readonly finalizer?: boolean | undefined;
}

/** What a {@link SteppedController} needs. */
export interface SteppedOptions extends DecisionOptions {
  readonly store: Store;
  readonly log: Log;
  /** Records an Event. */
  readonly note: (event: EventNote) => void;
  /** Milliseconds since 1970. */
  readonly now: () => Millis;
}

const NO_WARS: ReadonlyMap<string, string> = new Map();

/**
 * What a controller decides and does, moved step by step: without a clock, a Lease, or a pause after a failure. Knows of no
 * other controller that keeps overwriting a status.
 */
export class SteppedController {
  readonly #options: SteppedOptions;
  readonly #view: View;
  readonly #settled = new Settled();
  readonly #work: Work;
  #failures: unknown[] = [];

  /** Watches the store from now on. */
  constructor(options: SteppedOptions) {
    this.#options = options;
    const { store, log, note, now } = options;
    this.#view = new View(() => {}, options.reading);
    store.watch(CONTROLLER_KINDS, this.#view.cache);
    this.#work = new Work({
      store,
      records: new Records(store),
      log,
      now: () => formatTime(now()),
      note,
      onEnd: ({ error }) => {
        if (error !== undefined) this.#failures.push(error);
      },
    });
  }

  /** Of the Services without an address, how many a decision now plans for at most. */
  get room(): number {
    return this.#work.room;
  }

  /** Decides on what is known now. */
  decide(): Decision {
    const { classes, finalizer = false, now } = this.#options;
    const rest = { classes, finalizer, pending: this.#work.pending, wars: NO_WARS, now: now() };
    return decideOn(this.#view, rest, this.#settled, this.room);
  }

  /** Does what was decided, as much of it as can be under way at once; returns what failed once all has ended. */
  async carryOut({ plan, pools }: Decision): Promise<readonly unknown[]> {
    this.#failures = [];
    this.#work.begin(plan, pools, (service) => this.#view.versionOf(service));
    await this.#work.ended();
    return this.#failures;
  }
}

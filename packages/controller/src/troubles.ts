import {
  cacheTroubles,
  type LeaderElection,
  mergeTroubles,
  notReadyWith,
  Rights,
  type Store,
  StoreError,
  watchTroubles,
} from "@fairlead/kube";
import type { Trouble } from "@fairlead/model";
import type { Cancel, Clock, Log } from "@fairlead/runtime";
import { controllerPermissions } from "./permissions.ts";
import { CONTROLLER_KINDS, DISPENSABLE_KINDS, type View } from "./view/view.ts";

/** What {@link Troubles} looks at. */
export interface TroublesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly view: Pick<View, "cache" | "waitedFor">;
  readonly election: Pick<LeaderElection, "failure">;
  readonly leaseNamespace: () => Promise<string>;
}

/** What keeps the controller from its work: asked for at the start, logged, and told by `/readyz`. */
export class Troubles {
  readonly #options: TroublesOptions;
  readonly #rights: Rights;
  #unwatch: Cancel = () => {};

  constructor(options: TroublesOptions) {
    this.#options = options;
    const { store, clock, log, leaseNamespace } = options;
    const permissions = async () => controllerPermissions(await leaseNamespace());
    this.#rights = new Rights({ store, permissions, clock, log });
  }

  /** Begins to ask and to log. */
  start(): void {
    const { clock, log } = this.#options;
    this.#rights.ask();
    this.#unwatch = watchTroubles({ clock, log, current: () => this.#current() });
  }

  /** Notes an error of a piece of work: one that says Forbidden may mean that permissions were taken away. */
  met(error: unknown): void {
    if (error instanceof StoreError && error.reason === "Forbidden") this.#rights.ask();
  }

  /** See Controller.notReady(). */
  notReady(): string | undefined {
    const { waitedFor } = this.#options.view;
    const waiting = waitedFor.length === 0 ? undefined : `waiting for the first list of ${waitedFor.join(", ")}`;
    return notReadyWith(this.#current()) ?? waiting;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#unwatch();
    await this.#rights.stop();
  }

  #current(): Trouble[] {
    const { missing } = this.#rights;
    return mergeTroubles([
      ...cacheTroubles(this.#options.view.cache, CONTROLLER_KINDS, DISPENSABLE_KINDS),
      ...(missing.length === 0 ? [] : [{ code: "PermissionMissing", permissions: missing } as const]),
      ...this.#ofElection(),
    ]);
  }

  // While the API server is away nobody leads, and nobody needs to: what is announced stays so.
  #ofElection(): Trouble[] {
    const { failure } = this.#options.election;
    if (failure === undefined || failure.reason === "Unavailable") return [];
    return [{ code: "LeaseUnavailable", why: failure.message }];
  }
}

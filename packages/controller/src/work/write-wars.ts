import { FIELD_MANAGER, isServed } from "@fairlead/model";
import type { ServicePlan } from "../plan/service-plan.ts";
import type { Snapshot } from "../view/snapshot.ts";

/** Corrections within this time make a war of it, and so many. */
const WINDOW_MILLIS = 60_000;
const FLIPS = 3;
/** How long the writing stops; the other may be gone then. */
const TRUCE_MILLIS = 600_000;
const TELL_EVERY_MILLIS = 60_000;

/** Services whose addresses another controller keeps overwriting: neither would ever end, so Fairlead does. */
export class WriteWars {
  readonly #corrections = new Map<string, { version: string; readonly times: number[] }>();
  readonly #wars = new Map<string, { readonly manager: string; readonly until: number; toldAt: number }>();

  readonly #onBegin: () => void;

  /** @param onBegin - called when a war begins: the next decision tells of it. */
  constructor(onBegin: () => void = () => {}) {
    this.#onBegin = onBegin;
  }

  /**
   * Whether a plan must not be carried out, since another controller would undo it.
   *
   * @param version - resourceVersion of the Service.
   */
  holdBack(
    { service, status, takes, releases }: ServicePlan,
    version: string | undefined,
    { now, index, classes }: Pick<Snapshot, "now" | "index" | "classes">,
  ): boolean {
    const { uid, statusWriter } = service;
    // What is given up needs no last word.
    if (!isServed(service, classes)) return false;
    if (status?.ingress === undefined) return !this.mayTell(uid, now);
    const ours = takes.length === 0 && releases.length === 0 && index.ofService(uid).length > 0;
    if (!ours || statusWriter === undefined || statusWriter === FIELD_MANAGER) return false;
    const isWar = this.isOverwritten(uid, version ?? "", statusWriter, now);
    if (isWar) this.#onBegin();
    return isWar;
  }

  /**
   * Notes that the addresses in a status must be put right, since another wrote something else over them.
   *
   * @param version - resourceVersion of the Service: each counts once.
   * @param manager - field manager that wrote them.
   * @param now - milliseconds since 1970.
   * @returns whether it is a war from now on, so that they must not be.
   */
  isOverwritten(uid: string, version: string, manager: string, now: number): boolean {
    const known = this.#corrections.get(uid);
    if (known?.version === version) return this.#wars.has(uid);
    const times = [...(known?.times ?? []).filter((time) => now - time < WINDOW_MILLIS), now];
    if (times.length < FLIPS) {
      this.#corrections.set(uid, { version, times });
      return false;
    }
    this.#corrections.delete(uid);
    this.#wars.set(uid, { manager, until: now + TRUCE_MILLIS, toldAt: Number.NEGATIVE_INFINITY });
    return true;
  }

  /** The field manager in each war, by the uid of the Service. */
  current(now: number): ReadonlyMap<string, string> {
    for (const [uid, { until }] of this.#wars) if (until <= now) this.#wars.delete(uid);
    for (const [uid, { times }] of this.#corrections) {
      if (now - (times.at(-1) ?? 0) >= WINDOW_MILLIS) this.#corrections.delete(uid);
    }
    return new Map([...this.#wars].map(([uid, { manager }]) => [uid, manager]));
  }

  /** Whether the condition of a Service at war may be written: the other may be overwriting that too. */
  mayTell(uid: string, now: number): boolean {
    const war = this.#wars.get(uid);
    if (war === undefined) return true;
    if (now - war.toldAt < TELL_EVERY_MILLIS) return false;
    war.toldAt = now;
    return true;
  }
}

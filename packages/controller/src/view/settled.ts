import type { Allocation, Service } from "@fairlead/model";
import type { Surroundings } from "../allocate/context.ts";

/**
 * The Services for which there was nothing to do, and what that was decided on: as long as none of it changes, there is
 * still nothing to do. Makes a decision about one newcomer among thousands cheap; changes no decision.
 */
export class Settled {
  #surroundings: Surroundings | undefined;
  #known = new WeakMap<Service, readonly Allocation[]>();

  /** Forgets what was decided in other surroundings. */
  within(surroundings: Surroundings): this {
    if (surroundings !== this.#surroundings) this.#known = new WeakMap();
    this.#surroundings = surroundings;
    return this;
  }

  /** Whether there is nothing to do for a Service that holds these records. */
  has(service: Service, records: readonly Allocation[]): boolean {
    return this.#known.get(service) === records;
  }

  /** Notes that there was nothing to do. */
  add(service: Service, records: readonly Allocation[]): void {
    this.#known.set(service, records);
  }
}

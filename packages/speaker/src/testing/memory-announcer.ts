import type { StatusPatch } from "@fairlead/kube";
import type { Announcer, Forwarded } from "../announce/announcer.ts";
import type { Plan } from "../plan/plan.ts";

/** Announces in memory, at once, and without anybody to hand over to. */
export class MemoryAnnouncer implements Announcer {
  readonly protocol = "layer2";
  readonly #node: string;
  readonly #onChange: () => void;
  #announced: ReadonlySet<string> = new Set();
  #stopped = false;

  constructor(node: string, onChange: () => void) {
    this.#node = node;
    this.#onChange = onChange;
  }

  /** The addresses that it announces. */
  get announced(): ReadonlySet<string> {
    return this.#announced;
  }

  want(plan: Plan, forwarded: Forwarded | undefined): void {
    if (this.#stopped) return;
    const own = [...plan.layer2].filter(([address, { candidates }]) => {
      return forwarded?.has(address) && plan.candidates.get(candidates)?.has(this.#node);
    });
    this.#announced = new Set(own.map(([address]) => address));
    this.#onChange();
  }

  report(): StatusPatch {
    return { owned: this.#announced.size, addresses: Array.from(this.#announced, (address) => ({ address })) };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#announced = new Set();
    this.#onChange();
  }
}

import type { ForwardingMode } from "@fairlead/forwarding";
import type { EventNote, StatusPatch } from "@fairlead/kube";
import { describeTrouble, isPartial, type Trouble } from "@fairlead/model";
import { VERSION } from "@fairlead/runtime";
import type { Observation, Reporter } from "../ports.ts";

/** What a status tells of a speaker that could do nothing yet. */
export interface StartFacts {
  readonly node: string;
  readonly forwarding: ForwardingMode;
  /** RFC 3339. */
  readonly startedAt: string;
}

/**
 * Puts the troubles of a speaker into each of its statuses, or into one of their own while it has said nothing, and notes
 * an Event on its Node for each that comes.
 */
export class TroubleReporter implements Reporter {
  readonly #reporter: Reporter;
  readonly #facts: StartFacts;
  #status: StatusPatch | undefined;
  #troubles: readonly Trouble[] = [];

  constructor(reporter: Reporter, facts: StartFacts) {
    this.#reporter = reporter;
    this.#facts = facts;
  }

  status(status: StatusPatch): void {
    this.#status = status;
    this.#write();
  }

  note(event: EventNote): void {
    this.#reporter.note(event);
  }

  observe(seen: Observation): void {
    this.#reporter.observe(seen);
  }

  /** Takes all troubles that there are now. */
  troubles(troubles: readonly Trouble[]): void {
    const known = new Set(this.#troubles.map((trouble) => describeTrouble(trouble)));
    for (const trouble of troubles) if (!known.has(describeTrouble(trouble))) this.#noteOnNode(trouble);
    this.#troubles = troubles;
    this.#write();
  }

  // kubectl describe node looks for Events whose uid is the node's name, as the kubelet writes them.
  #noteOnNode(trouble: Trouble): void {
    const { node } = this.#facts;
    const message = describeTrouble(trouble);
    this.#reporter.note({
      object: { kind: "Node", name: node },
      uid: node,
      type: "Warning",
      reason: trouble.code,
      message,
    });
  }

  #write(): void {
    const problems = this.#troubles.map((trouble) => ({
      code: trouble.code,
      message: describeTrouble(trouble),
      partial: isPartial(trouble),
    }));
    const { forwarding, startedAt } = this.#facts;
    // What an earlier process announced is announced no more. What it saw of the links still holds.
    const layer2 = { owned: 0, addresses: [], shared: [] };
    const first = { version: VERSION, startedAt, forwarding: { mode: forwarding }, layer2 };
    this.#reporter.status({ ...(this.#status ?? first), problems });
  }
}

import type { EventNote } from "@fairlead/kube";
import { describeProblems, objectKey, type Problem } from "@fairlead/model";
import type { Log } from "@fairlead/runtime";
import type { AnnotationWarning } from "./plan/decide.ts";

const UNKNOWN_ANNOTATION = "UnknownAnnotation";

/** What {@link Warnings} need. */
export interface WarningsOptions {
  readonly log: Log;
  /** Records an Event, soon; never fails. */
  readonly note: (event: EventNote) => void;
}

/** Tells what is wrong with what users wrote, as decisions find it: once, for as long as it is there. */
export class Warnings {
  readonly #options: WarningsOptions;
  #problems = new Map<string, string>();
  #annotations: ReadonlySet<string> = new Set();
  #failures: unknown[] = [];

  constructor(options: WarningsOptions) {
    this.#options = options;
  }

  /** Everything that is wrong with objects now. Pools say so in their own status; an unreadable Service has only the log. */
  ofObjects(problems: readonly Problem[]): void {
    const said = new Map<string, string>();
    for (const [object, own] of Map.groupBy(problems, ({ object }) => `${object.kind}/${objectKey(object)}`)) {
      const why = describeProblems(own);
      said.set(object, why);
      if (this.#problems.get(object) !== why) this.#options.log.warn({ object, why }, "object cannot be used");
    }
    this.#problems = said;
  }

  /** All annotations that nobody understands now. */
  ofAnnotations(warnings: readonly AnnotationWarning[]): void {
    const { log, note } = this.#options;
    const warned = new Set<string>();
    for (const { service, key, nearest } of warnings) {
      const id = `${service.uid} ${key}`;
      warned.add(id);
      if (this.#annotations.has(id)) continue;
      const { namespace, name, uid } = service;
      const message = `The annotation ${key} means nothing to Fairlead: is ${nearest} meant?`;
      log.warn({ service: objectKey(service), reason: UNKNOWN_ANNOTATION, why: message }, "unknown annotation");
      const object = { kind: "Service", namespace, name } as const;
      note({ object, uid, type: "Warning", reason: UNKNOWN_ANNOTATION, message });
    }
    this.#annotations = warned;
  }

  /** A piece of work has failed, and will be tried again. */
  failed(error: unknown): void {
    this.#failures.push(error);
  }

  /** All that has failed since the last call, in one line. */
  ofFailures(): void {
    const [first] = this.#failures;
    const failures = this.#failures.length;
    this.#failures = [];
    if (failures === 0) return;
    this.#options.log.warn({ failures, first: String(first) }, "could not do everything; trying again");
  }
}

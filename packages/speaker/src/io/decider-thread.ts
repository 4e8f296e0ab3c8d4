import { Worker } from "node:worker_threads";
import type { EventNote, StatusPatch } from "@fairlead/kube";
import type { Trouble } from "@fairlead/model";
import { type Log, metricFamilies, type NotReady, UsageError } from "@fairlead/runtime";
import { systemClock } from "@fairlead/runtime/io";
import { DecidingThreadWatch } from "../deciding-thread-watch.ts";
import { BEAT_MILLIS } from "../main-thread-health.ts";
import type { Plan } from "../plan/plan.ts";
import { TablesReceiver } from "../plan/tables.ts";
import type { Observation, Reporter } from "../ports.ts";
import type { DeciderStart, FromDecider, ToDecider } from "./decider-messages.ts";

/** What a {@link DeciderThread} tells. */
export interface DeciderListener {
  /** @param forward - has the thread make the node forward by what belongs to the plan. */
  readonly onPlan: (plan: Plan, forward: () => Promise<void>) => void;
  readonly onTroubles: (troubles: readonly Trouble[]) => void;
  /** Asked about once a second, for the health port. */
  readonly notReady: NotReady;
  /** The thread ended by itself after it had started, or has stood still for too long: nothing is decided any more. */
  readonly onCrash: (error: Error) => void;
}

/** A Decider in a thread of its own, which also serves the health port: it answers while the main thread waits in the kernel. */
export class DeciderThread implements Reporter {
  readonly #worker: Worker;
  readonly #listener: DeciderListener;
  readonly #started = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #plans = new TablesReceiver<Plan>();
  readonly #watch: DecidingThreadWatch;
  readonly #beats: NodeJS.Timeout;
  /** What waits for the node to forward, by the number of the plan. */
  readonly #forwarding = new Map<number, PromiseWithResolvers<void>>();
  #begun = false;
  #stopping = false;

  private constructor(start: DeciderStart, listener: DeciderListener, log: Log, file: URL) {
    this.#listener = listener;
    this.#watch = new DecidingThreadWatch(systemClock, start.limits, log);
    this.#worker = new Worker(file, { workerData: start });
    this.#worker.on("message", (message: FromDecider) => this.#take(message));
    this.#worker.on("error", (error) => this.#crashed(error as Error));
    this.#worker.on("exit", (status) => this.#crashed(new Error(`the deciding thread ended with status ${status}`)));
    this.#beats = setInterval(() => this.#beat(), BEAT_MILLIS).unref();
  }

  /**
   * Starts the thread.
   *
   * @param file - the worker; the shipped one unless told.
   * @throws UsageError when the store can't be used as configured, Error when the health port can't be had.
   */
  static async start(
    start: DeciderStart,
    listener: DeciderListener,
    log: Log,
    file = workerFile(),
  ): Promise<DeciderThread> {
    const thread = new DeciderThread(start, listener, log, file);
    await thread.#started.promise;
    return thread;
  }

  status(status: StatusPatch): void {
    this.#post({ kind: "status", status });
  }

  note(event: EventNote): void {
    this.#post({ kind: "note", event });
  }

  observe(seen: Observation): void {
    this.#post({ kind: "observe", seen });
  }

  /** Writes what is left to write, and ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#beats);
    this.#post({ kind: "stop" });
    await this.#stopped.promise;
    await this.#worker.terminate();
  }

  #beat(): void {
    const failed = this.#begun ? this.#watch.look() : undefined;
    if (failed !== undefined) this.#crashed(failed);
    this.#post({ kind: "beat", notReady: this.#listener.notReady() });
  }

  #post(message: ToDecider): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromDecider): void {
    switch (message.kind) {
      case "plan":
        this.#listener.onPlan(this.#plans.take(message.delta), () => this.#forward(message.number));
        return;
      case "forwarded":
        this.#forwarded(message.plan, message.error);
        return;
      case "beat":
        this.#watch.heard();
        return;
      case "metricsWanted":
        void metricFamilies().then((families) => this.#post({ kind: "metrics", families }));
        return;
      case "troubles":
        this.#listener.onTroubles(message.troubles);
        return;
      case "unusable":
        this.#stopping = true;
        this.#started.reject(new UsageError(message.message));
        return;
      case "started":
        this.#begun = true;
        this.#watch.heard();
        this.#started.resolve();
        return;
      case "stopped":
        this.#stopped.resolve();
    }
  }

  #forward(plan: number): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#forwarding.set(plan, waiting);
    this.#post({ kind: "forward", plan });
    return waiting.promise;
  }

  #forwarded(plan: number, error: Pick<Error, "name" | "message"> | undefined): void {
    const waiting = this.#forwarding.get(plan);
    this.#forwarding.delete(plan);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(Object.assign(new Error(error.message), { name: error.name }));
  }

  #crashed(error: Error): void {
    this.#started.reject(error);
    this.#stopped.resolve();
    if (this.#begun && !this.#stopping) this.#listener.onCrash(error);
    this.#stopping = true;
  }
}

// From a checkout this file runs as it is; bundled, it is part of fairlead-speaker.mjs, beside the worker's own bundle.
function workerFile(): URL {
  const name = import.meta.url.endsWith(".ts") ? "./decider-worker.ts" : "./fairlead-speaker-decider.mjs";
  return new URL(name, import.meta.url);
}

import type { EventNote, StatusPatch } from "@fairlead/kube";
import type { Trouble } from "@fairlead/model";
import type { MetricFamily } from "@fairlead/runtime";
import type { CommonOptions } from "@fairlead/runtime/io";
import type { BeatLimits } from "../main-thread-health.ts";
import type { Plan } from "../plan/plan.ts";
import type { TablesDelta } from "../plan/tables.ts";
import type { Observation } from "../ports.ts";
import type { Snapshot } from "../survey/snapshot.ts";

/** What the thread that decides is started with. */
export interface DeciderStart {
  readonly options: Pick<CommonOptions, "store" | "kubeconfig" | "logLevel" | "logFormat">;
  readonly fixed: Pick<Snapshot, "node" | "forwarding" | "classes">;
  /** Port of /metrics, /healthz and /readyz; 0 for none. */
  readonly metricsPort: number;
  /** How long the main thread may be silent. */
  readonly limits: BeatLimits;
}

/** From the main thread to the one that decides. */
export type ToDecider =
  | { readonly kind: "status"; readonly status: StatusPatch }
  | { readonly kind: "note"; readonly event: EventNote }
  /** The main thread runs, and is ready if there is no reason why not. */
  | { readonly kind: "beat"; readonly notReady: string | undefined }
  | { readonly kind: "metrics"; readonly families: readonly MetricFamily[] }
  | { readonly kind: "observe"; readonly seen: Observation }
  /** The node is to forward by what belongs to the plan of this number, the last one that was told or an earlier one. */
  | { readonly kind: "forward"; readonly plan: number }
  | { readonly kind: "stop" };

/** From the thread that decides to the main one. */
export type FromDecider =
  /** Plans are numbered from 1. */
  | { readonly kind: "plan"; readonly number: number; readonly delta: TablesDelta<Plan> }
  /** It does; or could not, and why. */
  | { readonly kind: "forwarded"; readonly plan: number; readonly error?: Pick<Error, "name" | "message"> }
  /** The answer to a beat: it runs. */
  | { readonly kind: "beat" }
  | { readonly kind: "metricsWanted" }
  | { readonly kind: "troubles"; readonly troubles: readonly Trouble[] }
  /** The store can't be used as configured: the line for the user. */
  | { readonly kind: "unusable"; readonly message: string }
  | { readonly kind: "started" }
  | { readonly kind: "stopped" };

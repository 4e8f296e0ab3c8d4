import type { KindName } from "@fairlead/model";
import type { z } from "zod";

/** API group and version of Fairlead's own kinds. */
export const API_GROUP = "fairlead.dev";
/** See {@link API_GROUP}. */
export const API_VERSION = "v1beta1";

/** A column that `kubectl get` prints. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** 0 is always shown, 1 with -o wide. */
  readonly priority?: 0 | 1;
}

/** One of Fairlead's own kinds: the single source of its CRD and of its validation. Cluster-scoped unless told. */
export interface CustomResource<Spec extends z.ZodType = z.ZodType, Status extends z.ZodType = z.ZodType> {
  readonly kind: KindName;
  readonly plural: string;
  readonly namespaced?: boolean;
  readonly shortNames: readonly string[];
  readonly description: string;
  /** Absent where the object has nothing to configure. */
  readonly spec?: Spec;
  readonly status: Status;
  readonly printerColumns: readonly PrinterColumn[];
}

import type { LabelSelector } from "@fairlead/model";
import type { z } from "zod";
import type { labelSelector } from "../schema/metadata.ts";

/** A label selector with nothing left out. */
export function readSelector(raw: z.output<typeof labelSelector>): LabelSelector {
  return {
    matchLabels: raw.matchLabels ?? {},
    matchExpressions: (raw.matchExpressions ?? []).map(({ key, operator, values }) => {
      return { key, operator, values: values ?? [] };
    }),
  };
}

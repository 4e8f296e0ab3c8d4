import { z } from "zod";

/** The part of ObjectMeta that Fairlead reads; the rest is dropped before an object is cached. */
export const objectMeta = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().default(""),
  resourceVersion: z.string().default(""),
  generation: z.number().optional(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  finalizers: z.array(z.string()).nullish().catch(undefined),
  // What a writer may have put there is of no use unless it has this shape.
  managedFields: z
    .array(
      z.object({
        manager: z.string().optional(),
        time: z.string().optional(),
        fieldsV1: z
          .object({
            "f:status": z.object({ "f:loadBalancer": z.unknown() }).optional().catch(undefined),
            "f:metadata": z
              .object({ "f:finalizers": z.record(z.string(), z.unknown()).optional() })
              .optional()
              .catch(undefined),
          })
          .optional()
          .catch(undefined),
      }),
    )
    .nullish()
    .catch(undefined),
});

/** {@link objectMeta} as a type. */
export type ObjectMeta = z.infer<typeof objectMeta>;

/** metav1.Condition. */
export const condition = z.object({
  type: z.string().describe("What the condition is about."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
  reason: z.string().describe("Code of the reason; docs/troubleshooting.md has a heading for each."),
  message: z.string().describe("The reason as a sentence."),
  lastTransitionTime: z.string().meta({ format: "date-time" }).describe("When status last changed."),
  observedGeneration: z.int().optional().describe("metadata.generation that the condition was derived from."),
});

/** {@link condition} as a type. */
export type Condition = z.infer<typeof condition>;

/** The conditions of a status: one of each type. */
export const conditions = z
  .array(condition)
  .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
  .describe("What holds for this object now.");

/** metav1.LabelSelector. */
export const labelSelector = z
  .strictObject({
    matchLabels: z.record(z.string(), z.string()).optional().describe("Labels that must be there with these values."),
    matchExpressions: z
      .array(
        z.strictObject({
          key: z.string().describe("The label."),
          operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]).describe("How the label relates to the values."),
          values: z.array(z.string()).optional().describe("The values, for In and NotIn."),
        }),
      )
      .optional()
      .describe("Requirements that must all hold."),
  })
  .describe("A label selector; an empty one matches everything.");

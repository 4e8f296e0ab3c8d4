import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";
import { conditions } from "./metadata.ts";

const objectRef = () =>
  z.strictObject({
    namespace: z.string().max(63).describe("Its namespace."),
    name: z.string().max(253).describe("Its name."),
    uid: z.string().max(64).describe("Its UID: a later object of the same name is another one."),
  });

/** IPAllocation: one address that is not free. Creating the object is the claim; its name is the address. */
export const ipAllocation = {
  kind: "IPAllocation",
  plural: "ipallocations",
  shortNames: ["ipalloc"],
  description:
    "An address that a Service holds, or that is kept for one. Written by the controller: creating it claims the address.",
  spec: z
    .strictObject({
      address: z.string().max(45).describe("The address."),
      pool: z.string().max(253).describe("The pool it was taken from."),
      serviceRef: objectRef()
        .optional()
        .describe(
          "The Service that holds the address, the first of those that share it; with releasedAt, the last that did.",
        ),
      sharers: z.array(objectRef()).max(256).default([]).describe("The other Services that share the address."),
      claimRef: objectRef().optional().describe("The IPClaim that keeps the address for its Service."),
      releasedAt: z
        .string()
        .meta({ format: "date-time" })
        .optional()
        .describe(
          "When the last Service gave the address up: until its pool's coolDownSeconds are over, others come first.",
        ),
    })
    .meta({
      "x-kubernetes-validations": [
        {
          rule: "self.address == oldSelf.address",
          message: "an allocation stays one of its address: delete it",
        },
      ],
    }),
  status: z.object({ conditions: conditions.optional() }),
  printerColumns: [
    { name: "Address", type: "string", jsonPath: ".spec.address", description: "The address." },
    { name: "Pool", type: "string", jsonPath: ".spec.pool", description: "The pool it was taken from." },
    {
      name: "Namespace",
      type: "string",
      jsonPath: ".spec.serviceRef.namespace",
      description: "Namespace of the Service.",
    },
    { name: "Service", type: "string", jsonPath: ".spec.serviceRef.name", description: "The Service that holds it." },
    {
      name: "Shared with",
      type: "string",
      jsonPath: ".spec.sharers[*].name",
      description: "The Services that share it.",
      priority: 1,
    },
    {
      name: "Claim",
      type: "string",
      jsonPath: ".spec.claimRef.name",
      description: "The IPClaim that keeps it.",
    },
    {
      name: "Released",
      type: "date",
      jsonPath: ".spec.releasedAt",
      description: "Time since the Service gave it up.",
    },
    {
      name: "Draining",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Draining')].status",
      description: "Whether it stays only because the Service holds it.",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since it was taken." },
  ],
} as const satisfies CustomResource;

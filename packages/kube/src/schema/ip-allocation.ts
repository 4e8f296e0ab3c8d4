import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";
import { conditions } from "./metadata.ts";

const serviceRef = () =>
  z.strictObject({
    namespace: z.string().max(63).describe("Namespace of the Service."),
    name: z.string().max(253).describe("Name of the Service."),
    uid: z.string().max(64).describe("UID of the Service: a later Service of the same name is another one."),
  });

/** IPAllocation: one address that a Service holds. Creating the object is the claim; its name is the address. */
export const ipAllocation = {
  kind: "IPAllocation",
  plural: "ipallocations",
  shortNames: ["ipalloc"],
  description: "An address that a Service holds. Written by the controller: creating it claims the address.",
  spec: z
    .strictObject({
      address: z.string().max(45).describe("The address."),
      pool: z.string().max(253).describe("The pool it was taken from."),
      serviceRef: serviceRef().describe("The Service that holds the address, the first of those that share it."),
      sharers: z.array(serviceRef()).max(256).default([]).describe("The other Services that share the address."),
    })
    .meta({
      "x-kubernetes-validations": [
        {
          rule: "self.address == oldSelf.address && self.pool == oldSelf.pool",
          message: "an allocation stays one of its address and pool: delete it",
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
      name: "Draining",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Draining')].status",
      description: "Whether it stays only because the Service holds it.",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since it was taken." },
  ],
} as const satisfies CustomResource;

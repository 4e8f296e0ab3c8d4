import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";
import { conditions, labelSelector } from "./metadata.ts";

const TARGET_RULE = {
  rule: "has(self.serviceName) != has(self.serviceSelector)",
  message: "exactly one of serviceName and serviceSelector must be given",
};
const ADDRESS_RULE = {
  rule: "self.all(a, isIP(a)) && (self.size() < 2 || ip(self[0]).family() != ip(self[1]).family())",
  message: "each entry must be an IP address, one of each family at most",
};

/** IPClaim: addresses kept for a Service, before it exists and after it is gone. */
export const ipClaim = {
  kind: "IPClaim",
  plural: "ipclaims",
  namespaced: true,
  shortNames: ["ipclaim"],
  description:
    "Keeps addresses for a Service of its namespace: before the Service exists, and after it is deleted. Deleting the claim takes no address from a Service.",
  spec: z
    .strictObject({
      serviceName: z
        .string()
        .min(1)
        .max(253)
        .optional()
        .describe("Name of the Service that the addresses are kept for."),
      serviceSelector: labelSelector
        .optional()
        .describe("Services, by label, that the addresses are kept for: the first that needs an address gets it."),
      addresses: z
        .array(z.string().max(45))
        .min(1)
        .max(2)
        .meta({ "x-kubernetes-validations": [ADDRESS_RULE] })
        .optional()
        .describe("Certain addresses, one of each family at most; any unless told."),
      ipFamilies: z
        .array(z.enum(["IPv4", "IPv6"]))
        .min(1)
        .max(2)
        .optional()
        .describe("Families to keep one address of each of, where no addresses are given; IPv4 unless told."),
      ipAddressPools: z
        .array(z.string().min(1).max(253))
        .max(16)
        .default([])
        .describe("Pools to take from, in this order; those that any Service may use unless told."),
    })
    .meta({ "x-kubernetes-validations": [TARGET_RULE] }),
  status: z.object({
    conditions: conditions.optional(),
    addresses: z.array(z.string()).optional().describe("The addresses that are kept."),
  }),
  printerColumns: [
    { name: "Service", type: "string", jsonPath: ".spec.serviceName", description: "The Service they are kept for." },
    { name: "Addresses", type: "string", jsonPath: ".status.addresses", description: "The addresses that are kept." },
    {
      name: "Reserved",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Reserved')].status",
      description: "Whether all that is claimed is kept.",
    },
    {
      name: "Reason",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Reserved')].reason",
      description: "Why, or why not.",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since creation." },
  ],
} as const satisfies CustomResource;

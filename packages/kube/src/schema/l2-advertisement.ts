import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";
import { conditions, labelSelector } from "./metadata.ts";

/** L2Advertisement: which addresses are announced by ARP/NDP, from which nodes and links. */
export const l2Advertisement = {
  kind: "L2Advertisement",
  plural: "l2advertisements",
  shortNames: ["l2adv"],
  description: "Announces addresses of pools on Layer 2 (ARP, NDP) from chosen nodes and links.",
  spec: z.strictObject({
    ipAddressPools: z
      .array(z.string())
      .default([])
      .describe("Pools, by name. With ipAddressPoolSelectors empty too: all pools."),
    ipAddressPoolSelectors: z.array(labelSelector).default([]).describe("Pools, by label, besides those named."),
    nodeSelectors: z.array(labelSelector).default([]).describe("Nodes that may announce; all if empty."),
    serviceSelectors: z
      .array(labelSelector)
      .default([])
      .describe("Services whose addresses are announced; all if empty."),
    interfaces: z
      .array(z.string())
      .default([])
      .describe("Links to announce on, by name; if empty, those whose subnet holds the address."),
  }),
  status: z.object({ conditions: conditions.optional() }),
  printerColumns: [
    { name: "Pools", type: "string", jsonPath: ".spec.ipAddressPools", description: "Pools, by name." },
    { name: "Interfaces", type: "string", jsonPath: ".spec.interfaces", description: "Links, by name." },
    {
      name: "Accepted",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Accepted')].status",
      description: "Whether the advertisement is in use.",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since creation." },
  ],
} as const satisfies CustomResource;

import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";
import { conditions, labelSelector } from "./metadata.ts";

const linkName = z.string().regex(/^[^\s/]+$/);

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
      .array(linkName)
      .default([])
      .describe(
        "Links to announce on, by name or pattern (* and ?). With subnets empty too: those whose subnet holds the address.",
      ),
    subnets: z
      .array(z.string())
      .default([])
      .describe("Links to announce on, by the subnets they have: CIDR blocks, one of which the link's must overlap."),
    exclude: z.array(linkName).default([]).describe("Links never to announce on, by name or pattern (* and ?)."),
    share: z
      .enum(["None", "Client"])
      .default("None")
      .describe(
        "None: one node answers for an address. Client: every candidate answers a part of the clients, by their addresses.",
      ),
    preferredNodeSelectors: z
      .array(
        z.strictObject({
          weight: z.int().min(1).max(100).describe("Added to the weight of each node selected, 1 to 100."),
          preference: labelSelector.describe("Nodes; all if empty."),
        }),
      )
      .default([])
      .describe(
        "Of the nodes that may announce, those with the highest sum of weights come first. An address that has an owner stays.",
      ),
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

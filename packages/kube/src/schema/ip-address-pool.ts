import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";
import { conditions, labelSelector } from "./metadata.ts";

const RANGE_RULE = {
  rule: "self.all(r, r.contains('-') ? r.split('-').size() == 2 && r.split('-').all(end, isIP(end.trim())) && r.split('-').map(end, ip(end.trim()).family())[0] == r.split('-').map(end, ip(end.trim()).family())[1] : isCIDR(r))",
  message:
    "each entry must be a CIDR block (192.0.2.0/28, 2001:db8::/120) or a range of one family (192.0.2.10-192.0.2.20)",
};

const rangeList = () =>
  z
    .array(z.string().max(96))
    .max(128)
    .meta({ "x-kubernetes-validations": [RANGE_RULE] });

/** IPAddressPool: addresses that may be given to Services. */
export const ipAddressPool = {
  kind: "IPAddressPool",
  plural: "ipaddresspools",
  shortNames: ["ippool", "ippools"],
  description: "Addresses that Fairlead may give to Services of type LoadBalancer.",
  spec: z.strictObject({
    addresses: rangeList()
      .min(1)
      .describe(
        "CIDR blocks and from-to ranges, IPv4 and IPv6: 192.0.2.0/28, 192.0.2.10-192.0.2.20, 2001:db8::/120. A single address is a /32 or a /128.",
      ),
    exclude: rangeList().default([]).describe("CIDR blocks and ranges within the addresses that are never given out."),
    autoAssign: z
      .boolean()
      .default(true)
      .describe("Whether a Service that asks for no pool and no address may get one from here."),
    avoidBuggyIPs: z
      .boolean()
      .default(false)
      .describe(
        "Whether IPv4 addresses that end in .0 or .255 are never given out: some old network equipment cannot use them.",
      ),
    advertise: z
      .enum(["Auto", "Manual"])
      .default("Auto")
      .describe(
        "Auto: announced on Layer 2, on every link whose subnet holds the address, unless an advertisement selects the pool. Manual: announced only by advertisements.",
      ),
    namespaceQuota: z
      .int()
      .min(1)
      .max(2147483647)
      .optional()
      .describe(
        "The most addresses of each family that the Services and IPClaims of one namespace may hold from here; no limit unless told. What is held already stays.",
      ),
    coolDownSeconds: z
      .int()
      .min(0)
      .max(31536000)
      .default(0)
      .describe(
        "For how long an address that a Service gave up is kept from others, while any other address is free. A Service of the same name gets it back at once.",
      ),
    serviceAllocation: z
      .strictObject({
        priority: z
          .int()
          .min(0)
          .max(2147483647)
          .default(0)
          .describe("Lower is tried first; 0 comes after every other."),
        namespaces: z
          .array(z.string())
          .default([])
          .describe("Namespaces whose Services may use the pool. With namespaceSelectors empty too: all."),
        namespaceSelectors: z
          .array(labelSelector)
          .default([])
          .describe("Namespaces, by label, whose Services may use the pool, besides those named."),
        serviceSelectors: z.array(labelSelector).default([]).describe("Services, by label, that may use the pool."),
      })
      .optional()
      .describe("Which Services the pool is for; every Service unless told."),
  }),
  status: z.object({
    conditions: conditions.optional(),
    totalIPv4: z.int().optional().describe("IPv4 addresses in the pool."),
    usableIPv4: z.int().optional().describe("IPv4 addresses less those excluded or avoided."),
    assignedIPv4: z.int().optional().describe("IPv4 addresses that Services hold or IPClaims reserve."),
    availableIPv4: z.int().optional().describe("IPv4 addresses that are free."),
    totalIPv6: z.int().optional().describe("IPv6 addresses in the pool, 9007199254740991 at most."),
    usableIPv6: z.int().optional().describe("IPv6 addresses less the excluded ones, 9007199254740991 at most."),
    assignedIPv6: z.int().optional().describe("IPv6 addresses that Services hold or IPClaims reserve."),
    availableIPv6: z.int().optional().describe("IPv6 addresses that are free, 9007199254740991 at most."),
  }),
  printerColumns: [
    { name: "Addresses", type: "string", jsonPath: ".spec.addresses", description: "Ranges of the pool." },
    { name: "Auto", type: "boolean", jsonPath: ".spec.autoAssign", description: "Given out without being asked for." },
    { name: "Used IPv4", type: "integer", jsonPath: ".status.assignedIPv4", description: "IPv4 addresses held." },
    { name: "Free IPv4", type: "integer", jsonPath: ".status.availableIPv4", description: "IPv4 addresses free." },
    { name: "Used IPv6", type: "integer", jsonPath: ".status.assignedIPv6", description: "IPv6 addresses held." },
    { name: "Free IPv6", type: "integer", jsonPath: ".status.availableIPv6", description: "IPv6 addresses free." },
    {
      name: "Accepted",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Accepted')].status",
      description: "Whether the pool is in use.",
    },
    {
      name: "Reason",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Accepted')].reason",
      description: "Why, or why not.",
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since creation." },
  ],
} as const satisfies CustomResource;

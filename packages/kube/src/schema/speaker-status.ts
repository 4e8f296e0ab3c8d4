import { z } from "zod";
import type { CustomResource } from "./custom-resource.ts";

/** SpeakerStatus: what the speaker of one node sees and does; named after the node. */
export const speakerStatus = {
  kind: "SpeakerStatus",
  plural: "speakerstatuses",
  shortNames: ["speaker", "speakers"],
  description: "What the speaker of one node sees and does. Written by that speaker alone; named after its node.",
  status: z.object({
    version: z.string().optional().describe("Version of the speaker."),
    startedAt: z.string().meta({ format: "date-time" }).optional().describe("When the speaker started."),
    lastSeen: z
      .string()
      .meta({ format: "date-time" })
      .optional()
      .describe(
        "When the speaker last wrote this status, at least once a minute while it runs: all else is as it was then.",
      ),
    options: z
      .object({
        loadBalancerClass: z.string().describe("spec.loadBalancerClass of the Services that it serves."),
        unclassed: z.boolean().describe("Whether it serves Services without a class too."),
        responder: z.string().describe("What is to answer ARP and NDP: auto, kernel or userspace."),
        detectionMilliseconds: z.int().describe("Silence after which it takes another speaker for gone."),
      })
      .optional()
      .describe("What the speaker was started with, as far as its decisions depend on it."),
    links: z
      .array(
        z.object({
          name: z.string().describe("Name of the link."),
          mac: z.string().describe("Its MAC address."),
          up: z.boolean().describe("Up, with carrier."),
          subnets: z.array(z.string()).describe("Its addresses with their prefix lengths."),
          gateways: z.array(z.string()).optional().describe("Routers that its routes go by."),
        }),
      )
      .optional()
      .describe("All links of the node that addresses could be announced on."),
    problems: z
      .array(
        z.object({
          code: z.string().describe("Code of the problem; docs/troubleshooting.md has a heading for each."),
          message: z.string().describe("What cannot be done, what must hold, and what is."),
          partial: z.boolean().describe("Whether the speaker does its work without what is missing."),
        }),
      )
      .optional()
      .describe("What keeps the speaker of this node from its work, or from a part of it."),
    nodes: z
      .array(
        z.object({
          name: z.string().describe("Name of the node."),
          reason: z
            .enum(["NodeLost", "NodeReturning", "SpeakerSilent", "NoAnswer"])
            .describe("Code of the reason; docs/troubleshooting.md has a heading for each."),
          since: z.string().meta({ format: "date-time" }).describe("When that began."),
          message: z.string().describe("The reason as a sentence, and what it means for endpoints on that node."),
        }),
      )
      .optional()
      .describe("Other nodes that are not simply heard, as this node sees them, 100 at most."),
    forwarding: z
      .object({
        mode: z.string().optional().describe("direct, nodePort or none."),
        ports: z.int().optional().describe("Ports of external addresses that this node forwards."),
      })
      .optional()
      .describe("What this node does with traffic for external addresses."),
    layer2: z
      .object({
        owned: z.int().optional().describe("Number of addresses that this node answers for."),
        refused: z.int().optional().describe("Number of addresses that this node is no candidate for."),
        links: z
          .array(
            z.object({
              name: z.string().describe("Name of the link."),
              responder: z.enum(["kernel", "userspace"]).describe("What answers ARP and NDP on it."),
              neighbors: z.array(z.string()).describe("Speakers heard on it."),
            }),
          )
          .optional()
          .describe("Links that addresses are announced on, or will be."),
        moves: z
          .array(
            z.object({
              address: z.string().describe("The address."),
              service: z.string().describe("namespace/name of the Service; empty if none is known."),
              link: z.string().describe("The link it is announced on."),
              direction: z.enum(["taken", "givenUp"]).describe("Whether this node took it or gave it up."),
              cause: z.string().describe("Code of the cause; docs/troubleshooting.md has a heading for each."),
              peer: z.string().optional().describe("The node that had it before, or has it now."),
              at: z.string().meta({ format: "date-time" }).describe("When."),
              gapMilliseconds: z
                .int()
                .optional()
                .describe("From the last heartbeat of an owner that fell silent until this node answered."),
            }),
          )
          .optional()
          .describe("The last addresses that this node took or gave up, latest first, 20 at most."),
        addresses: z
          .array(
            z.object({
              address: z.string().describe("The address."),
              service: z.string().describe("namespace/name of the Service."),
              link: z.string().describe("The link it is announced on."),
              epoch: z.int().describe("Grows with take-overs of this address."),
              since: z.string().meta({ format: "date-time" }).describe("When this node began to answer for it."),
            }),
          )
          .optional()
          .describe("Addresses that this node answers for, 4,000 at most."),
        shared: z
          .array(
            z.object({
              address: z.string().describe("The address."),
              service: z.string().describe("namespace/name of the Service."),
              link: z.string().describe("The link it is announced on."),
              parts: z.int().describe("How many of 64 parts of the clients this node answers."),
            }),
          )
          .optional()
          .describe("Addresses that several nodes answer for, each for its part of the clients; 500 at most."),
        conflicts: z
          .array(
            z.object({
              address: z.string().describe("The address."),
              service: z.string().describe("namespace/name of the Service; empty once it has another address."),
              link: z.string().describe("The link it was seen on."),
              mac: z.string().describe("MAC address of who has it."),
              reason: z
                .enum(["AddressInUse", "AddressConflict"])
                .describe(
                  "AddressInUse: it had the address first. AddressConflict: this node answers for the address too.",
                ),
              beforeAnnounced: z.boolean().describe("Whether the address was new: the Service gets another one."),
              since: z.string().meta({ format: "date-time" }).describe("When it was first seen."),
            }),
          )
          .optional()
          .describe("Addresses that another host on a link uses, which is not a speaker."),
        findings: z
          .array(
            z.object({
              address: z.string().describe("The address."),
              service: z.string().describe("namespace/name of the Service."),
              link: z.string().describe("The link it was asked for on."),
              owner: z.string().describe("The node that owns it."),
              reason: z.string().describe("NotSeenOnWire, WrongMac or TwoOwners."),
              macs: z.array(z.string()).describe("MAC addresses that answer."),
              since: z.string().meta({ format: "date-time" }).describe("When that was found."),
            }),
          )
          .optional()
          .describe("Addresses of other nodes that are not answered for as they ought to be, asked from this node."),
        refusals: z
          .array(
            z.object({
              address: z.string().describe("The address."),
              service: z.string().describe("namespace/name of the Service."),
              reason: z.string().describe("Code of the reason; docs/troubleshooting.md has a heading for each."),
              message: z.string().describe("The reason as a sentence."),
            }),
          )
          .optional()
          .describe("Addresses that this node is no candidate for, and why, 1,000 at most."),
      })
      .optional()
      .describe("What this node does by ARP and NDP."),
  }),
  printerColumns: [
    {
      name: "Owned",
      type: "integer",
      jsonPath: ".status.layer2.owned",
      description: "Addresses this node answers for.",
    },
    { name: "Links", type: "string", jsonPath: ".status.links[*].name", description: "Links it can announce on." },
    { name: "Seen", type: "date", jsonPath: ".status.lastSeen", description: "Since the speaker last wrote this." },
    {
      name: "Problems",
      type: "string",
      jsonPath: ".status.problems[*].code",
      description: "What keeps it from its work.",
    },
    { name: "Forwarding", type: "string", jsonPath: ".status.forwarding.mode", description: "Forwarding mode." },
    {
      name: "Version",
      type: "string",
      jsonPath: ".status.version",
      description: "Version of the speaker.",
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since creation." },
  ],
} as const satisfies CustomResource;

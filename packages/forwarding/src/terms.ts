import type { Family } from "@fairlead/net";
import { concat, type TableName } from "@fairlead/nftables";

/** The table that holds all of a node's forwarding. */
export const FORWARDING_TABLE: TableName = { family: "inet", name: "fairlead" };

/** nft's words for an address family. */
export interface FamilyTerms {
  readonly family: Family;
  /** Header: "ip" or "ip6". */
  readonly ip: string;
  /** Type of an address. */
  readonly address: string;
  readonly icmp: string;
}

/** Both families; everything in the rule set that names an address exists once for each. */
export const FAMILIES: readonly FamilyTerms[] = [
  { family: 4, ip: "ip", address: "ipv4_addr", icmp: "icmp" },
  { family: 6, ip: "ip6", address: "ipv6_addr", icmp: "icmpv6" },
];

/** Sets and maps of the table, one of each per family; see {@link setName}. */
export type SetKind =
  /** VIPs that this node serves. */
  | "vips"
  /** VIP . protocol . port of everything that is translated to endpoints: what is not in here is refused. */
  | "ports"
  /** ... to the balancer chain for traffic from outside. */
  | "services"
  /** ... to the balancer chain for traffic from pods and from the node itself, where it is another one. */
  | "inside"
  /** ... to the chain that turns traffic away, where there is no endpoint for it. */
  | "unavailable"
  /** ... of everything that only some sources may reach. */
  | "limited"
  /** VIP . protocol . port . source that may reach it. */
  | "allowed"
  /** VIP . protocol . port . index to the endpoints of `services`. */
  | "endpoints"
  /** VIP . protocol . port . index to the endpoints of `inside`. */
  | "inside-endpoints"
  /** VIP . protocol . port whose traffic to other nodes' endpoints must come back through this node. */
  | "masqueraded"
  /** Endpoints on this node. */
  | "local-endpoints"
  /** Endpoints on this node, twice: source . destination of a pod that reaches itself through a VIP. */
  | "hairpins"
  /** The cluster's pod ranges. */
  | "pod-ranges"
  /** VIP . protocol . port to NodePort. */
  | "nodeports"
  /** Protocol . NodePort to VIP. */
  | "reply-vips"
  /** Protocol . NodePort to the VIP's port. */
  | "reply-ports";

/** "vips4": a set's name in one family. */
export function setName(kind: SetKind, family: Family): string {
  return `${kind}${family}`;
}

/** What a packet is looked up by: "ip daddr . meta l4proto . th dport". */
export function serviceKey({ ip }: FamilyTerms): string {
  return concat(`${ip} daddr`, "meta l4proto", "th dport");
}

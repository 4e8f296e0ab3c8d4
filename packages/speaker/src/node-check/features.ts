import { type ForwardingMode, LoadedTable } from "@fairlead/forwarding";
import { replaceTable } from "@fairlead/l2";
import type { Link } from "@fairlead/linux";

/** Something that the rules need of nft and of the kernel, and the smallest script that has it. */
export interface Feature {
  readonly name: string;
  readonly script: string;
}

/** Rules that the speaker loads, and what they are made of. */
export interface RuleSet extends Feature {
  /** Tried when the whole is refused, to say what it is that is missing. */
  readonly parts: readonly Feature[];
}

const inet = (...lines: readonly string[]) => `table inet fairlead-check {\n${lines.join("\n")}\n}\n`;
const rule = (text: string, type = "filter", hook = "prerouting", priority = "-105") =>
  inet("chain c {", `type ${type} hook ${hook} priority ${priority};`, text, "}");

const FORWARDING_PARTS: readonly Feature[] = [
  { name: "nf_tables with family inet", script: inet() },
  { name: "NAT in family inet", script: rule("ip daddr 192.0.2.1 dnat ip to 192.0.2.2", "nat") },
  { name: "masquerade", script: rule("ip daddr 192.0.2.1 masquerade fully-random", "nat", "postrouting", "95") },
  { name: "redirect", script: rule("icmp type echo-request redirect", "nat") },
  { name: "connection tracking (ct)", script: rule("ct state new ct status dnat accept") },
  { name: "reject", script: rule("meta l4proto tcp reject with tcp reset", "filter", "output") },
  { name: "fib", script: rule("fib saddr type local accept") },
  { name: "numgen", script: rule("numgen random mod 16 0 accept") },
  { name: "jhash", script: rule("jhash ip saddr mod 16 seed 0x1 0 accept") },
  { name: "sets of intervals", script: inet("set s {", "type ipv4_addr; flags interval;", "}") },
  {
    name: "maps with concatenated keys",
    script: inet("map m {", "type ipv4_addr . inet_proto . inet_service : verdict;", "}"),
  },
  {
    name: "intervals in concatenated keys",
    script: inet("set s {", "type ipv4_addr . inet_service . ipv4_addr; flags interval;", "}"),
  },
];

const netdev = (device: string, text: string) => `table netdev fairlead-check {
set g {
type iface_index; flags timeout;
}
chain c {
type filter hook ingress device "${device}" priority 0;
${text}
}
}
`;

/** The rules that this node is to take, on a link that is there; the empty table stands for all. */
export function neededRules(mode: ForwardingMode, link: Link | undefined): { forwarding?: RuleSet; answers?: RuleSet } {
  const table = { mode, ports: [], internal: [], nodeAddresses: [] };
  return {
    ...(mode !== "none" && {
      forwarding: { name: "the rules of forwarding", script: new LoadedTable(table).script, parts: FORWARDING_PARTS },
    }),
    ...(link !== undefined && { answers: answers(link) }),
  };
}

function answers(link: Link): RuleSet {
  const device = link.name;
  return {
    name: "the rules that answer ARP and NDP",
    script: replaceTable(link, { addresses: [], shares: [] }, { timeoutMillis: 1_000, keptBy: "refresh" }),
    parts: [
      { name: "family netdev with an ingress hook", script: netdev(device, "") },
      { name: "forwarding from ingress (fwd)", script: netdev(device, `arp htype 1 fwd to "${device}"`) },
      { name: "writing into ARP packets", script: netdev(device, "arp htype 1 arp operation set reply") },
      { name: "ICMPv6 at ingress", script: netdev(device, "ether type ip6 icmpv6 type nd-neighbor-solicit drop") },
    ],
  };
}

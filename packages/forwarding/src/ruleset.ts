import { type AddressRange, formatRange, mergeRanges } from "@fairlead/net";
import { block } from "@fairlead/nftables";
import { balancerMaps } from "./balancer.ts";
import { rewriteParts } from "./rewrite.ts";
import { base, both, sourceRangeRule } from "./rules.ts";
import type { ForwardingTable } from "./table.ts";
import { FAMILIES, type FamilyTerms, type SetKind, serviceKey, setName } from "./terms.ts";

/**
 * The declarations of the table that do not depend on its ports: sets, maps and chains. Services and endpoints are
 * elements only, so adding one costs the same however many there are.
 */
export function fixedParts({ mode, internal, nodeAddresses }: Omit<ForwardingTable, "ports">): string[] {
  return [
    ...FAMILIES.flatMap((terms) => sets(terms, internal)),
    ...balancerMaps(),
    ...turningAway(),
    ...FAMILIES.map(check),
    base("filter-pre", "filter", "prerouting", "dstnat - 10", both(jumpToCheck)),
    base("filter-out", "filter", "output", "-110", both(jumpToCheck)),
    services(),
    // Before kube-proxy's nat chains: the first that sets up a translation wins.
    base("nat-pre", "nat", "prerouting", "dstnat - 5", both(toServices)),
    base("nat-out", "nat", "output", "-105", both(toServices)),
    ...FAMILIES.map(masquerading),
    base("nat-post", "nat", "postrouting", "srcnat - 5", both(toMasquerading)),
    // A VIP that nothing has translated would be routed back out, and come back.
    base("guard", "filter", "forward", "filter - 5", both(dropUntranslated)),
    ...(mode === "nodePort" ? rewriteParts(nodeAddresses) : []),
  ];
}

function sets({ family, address }: FamilyTerms, internal: readonly AddressRange[]): string[] {
  const set = (kind: SetKind, type: string, ...more: string[]) =>
    block(`set ${setName(kind, family)}`, [`type ${type}`, ...more]);
  const verdicts = (kind: SetKind) => block(`map ${setName(kind, family)}`, [`type ${service} : verdict`]);
  const service = `${address} . inet_proto . inet_service`;
  const ranges = mergeRanges(internal.filter((range) => range.family === family)).map(formatRange);
  return [
    set("vips", address),
    set("ports", service),
    verdicts("services"),
    verdicts("inside"),
    verdicts("unavailable"),
    set("limited", service),
    set("allowed", `${service} . ${address}`, "flags interval"),
    set("masqueraded", service),
    set("local-endpoints", address),
    set("hairpins", `${address} . ${address}`),
    set(
      "pod-ranges",
      address,
      "flags interval",
      ...ranges.slice(0, 1).map(() => `elements = { ${ranges.join(", ")} }`),
    ),
  ];
}

function turningAway(): string[] {
  return [
    block("chain refuse", ["meta l4proto tcp reject with tcp reset", "reject with icmpx type port-unreachable"]),
    // externalTrafficPolicy Local without a local endpoint: outside traffic belongs to another node.
    block("chain silence", [
      ...both(({ ip, family }) => `${ip} saddr @${setName("pod-ranges", family)} return`),
      "fib saddr type local return",
      "drop",
    ]),
  ];
}

// Sees the first packet of each flow to a VIP, before it is translated.
function check(terms: FamilyTerms): string {
  const key = serviceKey(terms);
  return block(`chain check${terms.family}`, [
    sourceRangeRule(terms),
    // Mid-stream, but unknown here: it was another node's. Its client should connect again at once.
    "tcp flags & (fin | syn | rst | ack) != syn reject with tcp reset",
    `${key} vmap @${setName("unavailable", terms.family)}`,
    `${terms.icmp} type echo-request accept`,
    "meta l4proto != { tcp, udp, sctp } drop",
    `${key} != @${setName("ports", terms.family)} goto refuse`,
  ]);
}

function jumpToCheck({ ip, family }: FamilyTerms): string {
  return `${ip} daddr @${setName("vips", family)} ct state new jump check${family}`;
}

function toServices({ ip, family }: FamilyTerms): string {
  return `${ip} daddr @${setName("vips", family)} goto services`;
}

function services(): string {
  const lookUp = (terms: FamilyTerms, kind: SetKind) => `${serviceKey(terms)} vmap @${setName(kind, terms.family)}`;
  return block("chain services", [
    ...both((terms) => `${terms.ip} saddr @${setName("pod-ranges", terms.family)} ${lookUp(terms, "inside")}`),
    ...both((terms) => `fib saddr type local ${lookUp(terms, "inside")}`),
    ...both((terms) => lookUp(terms, "services")),
    ...both(({ icmp }) => `${icmp} type echo-request redirect`),
  ]);
}

function toMasquerading({ ip, family }: FamilyTerms): string {
  return `ct status dnat ct original ${ip} daddr @${setName("vips", family)} jump masquerading${family}`;
}

function masquerading({ ip, family }: FamilyTerms): string {
  const [hairpins, local] = [setName("hairpins", family), setName("local-endpoints", family)];
  const [pods, masqueraded] = [setName("pod-ranges", family), setName("masqueraded", family)];
  return block(`chain masquerading${family}`, [
    `${ip} saddr . ${ip} daddr @${hairpins} masquerade fully-random`,
    // nft 1.0.6 takes proto-dst only where it knows that the protocol has ports.
    `meta l4proto { tcp, udp, sctp } ${ip} daddr != @${local} ${ip} saddr != @${pods} \
ct original ${ip} daddr . meta l4proto . ct original proto-dst @${masqueraded} masquerade fully-random`,
    "accept",
  ]);
}

function dropUntranslated({ ip, family }: FamilyTerms): string {
  return `${ip} daddr @${setName("vips", family)} ct state new,invalid,untracked drop`;
}

import { formatAddress, type IpAddress } from "@fairlead/net";
import { block } from "@fairlead/nftables";
import { base, both, sourceRangeRule } from "./rules.ts";
import { FAMILIES, type FamilyTerms, type SetKind, setName } from "./terms.ts";

const PROTOCOLS = ["tcp", "udp", "sctp"];
/** The packet mark, and then the connection mark, of what was rewritten: one bit that kube-proxy and CNIs leave alone. */
const REWRITTEN = "0x00800000";
const ALL_BUT_REWRITTEN = "0xff7fffff";

/**
 * Rewrites VIP:port to this node's NodePort and back, without state and before conntrack: a nat rule would keep
 * kube-proxy's own nat chains from being asked. ICMP errors quote an address that the rewrite does not reach, so a path
 * with a small MTU stalls large transfers; nft's text has no way to say the checksum offset that they need.
 */
export function rewriteParts(nodeAddresses: readonly IpAddress[]): string[] {
  const nodes = FAMILIES.flatMap((terms) => {
    const node = nodeAddresses.find(({ family }) => family === terms.family);
    return node === undefined ? [] : [{ terms, node: formatAddress(node) }];
  });
  const forth = nodes.map(({ terms: { ip, family } }) => `${ip} daddr @${setName("vips", family)} jump forth${family}`);
  const reply = [`ct direction reply ct mark & ${REWRITTEN} == ${REWRITTEN} jump back`];
  return [
    ...both(maps),
    ...nodes.map(({ terms, node }) => forthChain(terms, node)),
    ...nodes.map(({ terms }) => backChain(terms)),
    block(
      "chain back",
      nodes.map(({ terms: { ip, family }, node }) => `${ip} saddr ${node} goto back${family}`),
    ),
    base("rewrite-pre", "filter", "prerouting", "raw - 10", forth),
    // A route chain: the changed destination may be on another link, or on this very node.
    base("rewrite-out", "route", "output", "raw - 10", forth),
    base("save-pre", "filter", "prerouting", "mangle", [saveMark()]),
    base("save-out", "filter", "output", "mangle", [saveMark()]),
    base("back-post", "filter", "postrouting", "srcnat + 10", reply),
    // Replies to the node's own connections; nft 1.0.6 knows no `srcnat` here.
    base("back-in", "filter", "input", "110", reply),
  ];
}

function maps({ family, address }: FamilyTerms): string {
  const map = (kind: SetKind, type: string) => block(`map ${setName(kind, family)}`, [`type ${type}`]);
  return [
    map("nodeports", `${address} . inet_proto . inet_service : inet_service`),
    map("reply-vips", `inet_proto . inet_service : ${address}`),
    map("reply-ports", "inet_proto . inet_service : inet_service"),
  ].join("\n");
}

// A rule for each protocol: `th dport set` would leave the checksum as it was. The look-up fails for other ports, which
// ends the rule. The address is set last, as the look-up needs the old one.
function forthChain(terms: FamilyTerms, node: string): string {
  const { ip, family } = terms;
  return block(`chain forth${family}`, [
    sourceRangeRule(terms),
    ...PROTOCOLS.map(
      (protocol) =>
        `${protocol} dport set ${ip} daddr . meta l4proto . ${protocol} dport map @${setName("nodeports", family)} \
${ip} daddr set ${node} meta mark set meta mark | ${REWRITTEN} accept`,
    ),
  ]);
}

function backChain({ ip, family }: FamilyTerms): string {
  const [vips, ports] = [setName("reply-vips", family), setName("reply-ports", family)];
  return block(
    `chain back${family}`,
    PROTOCOLS.map((protocol) => {
      const key = `meta l4proto . ${protocol} sport`;
      return `${protocol} sport != 0 ${ip} saddr set ${key} map @${vips} ${protocol} sport set ${key} map @${ports}`;
    }),
  );
}

// The packet mark is for later hooks of this hook point only; conntrack remembers it for the replies.
function saveMark(): string {
  return `meta mark & ${REWRITTEN} == ${REWRITTEN} ct mark set ct mark | ${REWRITTEN} \
meta mark set meta mark & ${ALL_BUT_REWRITTEN}`;
}

import type { Link } from "@fairlead/linux";
import { addressOctets, type Family, formatAddress, type IpAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { ofFamily, without } from "./answered-addresses.ts";

/** The nftables set that holds the one element without which nothing is answered. */
export interface GateElement {
  /** Name of the table, of family netdev. */
  readonly table: string;
  readonly set: string;
  /** The element's octets. */
  readonly key: Uint8Array;
  readonly timeoutMillis: Millis;
}

/** Thrown for a link that no nftables table can be written for. */
export class UnsupportedLinkError extends Error {
  override readonly name = "UnsupportedLinkError";
}

// Where nft has no way to copy an address into another kind of field, the raw one has no kind (@nh,OFFSET,LENGTH in bits).
const SENDER_IP = "@nh,112,32";
const TARGET_IP = "@nh,192,32";
const SCRATCH = "@nh,144,32";
// nft 1.0.6 has no name for it.
const NDP_TARGET = "@th,64,128";
const SETS = { 4: "answer", 6: "answer6" } as const;
const FAMILIES = [4, 6] as const;

/** Name of the link's table: there is one for each link, and nobody else's. */
export function tableName(link: Link): string {
  return `fairlead-l2-${link.index}`;
}

/** The gate of the link's table, for a {@link Gate}: its element is the index of the link. */
export function gateElement(link: Link, timeoutMillis: Millis): GateElement {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, link.index, true); // host byte order, as all that the kernel itself counts
  return { table: tableName(link), set: "gate", key, timeoutMillis };
}

/**
 * Removes what was left over and makes the link's table, which answers for `addresses` until the gate times out.
 *
 * The kernel turns an ARP request itself into the reply. Swapping the two protocol addresses takes a scratch place, since
 * a rule has none but the packet mark, which others use: the target's hardware address, which means nothing in a request.
 * Solicitations are for the kernel's own Neighbor Discovery to answer, which has the addresses as anycast ones: the rule
 * keeps them from it when the gate is closed.
 *
 * `ether type` looks behind a VLAN tag that the hardware has taken off, so requests on another VLAN do not match.
 *
 * @throws UnsupportedLinkError when the link's name cannot be written in an nftables script.
 */
export function replaceTable(link: Link, addresses: readonly IpAddress[], timeoutMillis: Millis): string {
  const device = quoteDevice(link.name);
  const initial = (family: Family) => {
    const own = ofFamily(family, addresses);
    return own.length === 0 ? "" : ` elements = { ${list(own)} }`;
  };
  return `${removeTable(link)}table netdev ${tableName(link)} {
  set ${SETS[4]} { type ipv4_addr;${initial(4)} }
  set ${SETS[6]} { typeof ${NDP_TARGET};${initial(6)} }
  set gate { type iface_index; flags timeout; elements = { ${device} timeout ${timeoutMillis}ms } }
  chain ingress {
    type filter hook ingress device ${device} priority 0; policy accept;
    ether type arp iif @gate ether daddr { ff:ff:ff:ff:ff:ff, ${link.mac} } \\
      arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation request arp daddr ip @${SETS[4]} \\
      ${SCRATCH} set ${SENDER_IP} ${SENDER_IP} set ${TARGET_IP} ${TARGET_IP} set ${SCRATCH} \\
      arp daddr ether set arp saddr ether arp saddr ether set ${link.mac} arp operation set reply \\
      ether daddr set ether saddr ether saddr set ${link.mac} fwd to ${device}
    ether type ip6 icmpv6 type nd-neighbor-solicit ${NDP_TARGET} @${SETS[6]} iif != @gate drop
  }
}
`;
}

/** Removes the link's table, present or not. */
export function removeTable(link: Link): string {
  return `add table netdev ${tableName(link)}\ndelete table netdev ${tableName(link)}\n`;
}

/** Turns a table that answers for `before` into one that answers for `after`; undefined when they are the same. */
export function changeTable(link: Link, before: readonly IpAddress[], after: readonly IpAddress[]): string | undefined {
  const lines = [
    ...statements("delete", link, without(before, after)),
    ...statements("add", link, without(after, before)),
  ];
  return lines.length === 0 ? undefined : `${lines.join("\n")}\n`;
}

function statements(verb: "add" | "delete", link: Link, addresses: readonly IpAddress[]): string[] {
  return FAMILIES.flatMap((family) => {
    const own = ofFamily(family, addresses);
    if (own.length === 0) return [];
    return [`${verb} element netdev ${tableName(link)} ${SETS[family]} { ${list(own)} }`];
  });
}

// To nft a raw field is a number.
function list(addresses: readonly IpAddress[]): string {
  return addresses.map((address) => (address.family === 4 ? formatAddress(address) : hex(address))).join(", ");
}

function hex(address: IpAddress): string {
  return `0x${Array.from(addressOctets(address), (octet) => octet.toString(16).padStart(2, "0")).join("")}`;
}

// nft has no escapes in strings, and takes a trailing "*" as a wildcard.
function quoteDevice(name: string): string {
  if (/^[\x21-\x7e]{1,15}$/.test(name) && !/["\\*]/.test(name)) return `"${name}"`;
  const got = JSON.stringify(name);
  throw new UnsupportedLinkError(
    `Cannot write nftables table: link name must be 1 to 15 printable characters without ", \\ and *, got ${got}`,
  );
}

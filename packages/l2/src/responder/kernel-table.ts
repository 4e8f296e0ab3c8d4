import type { Link } from "@fairlead/linux";
import { addressOctets, type Family, formatAddress, type IpAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { CLIENT_SEED, CLIENT_SLOTS } from "../client-hash.ts";
import type { Share } from "../ports.ts";
import { HEARTBEAT_ETHERTYPE, OPENING_MARK } from "../packet/heartbeat.ts";
import { ofFamily } from "./answered-addresses.ts";
import type { DropReason } from "./drop-reason.ts";

/** The nftables set that holds the one element without which nothing is answered. */
export interface GateElement {
  /** Name of the table, of family netdev. */
  readonly table: string;
  readonly set: string;
  /** The element's octets. */
  readonly key: Uint8Array;
  readonly timeoutMillis: Millis;
}

/**
 * What keeps the gate open. `heartbeats`: those that carry {@link OPENING_MARK}, as they leave the link. `refresh`: a call for
 * each time, over netlink, which waits while anybody on this node changes nftables.
 */
export type GateKeeper = "heartbeats" | "refresh";

/** How long the gate stays open, and by what. */
export interface GateOptions {
  readonly timeoutMillis: Millis;
  readonly keptBy: GateKeeper;
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
/** What a table answers for. */
export interface Answers {
  readonly addresses: readonly IpAddress[];
  readonly shares: readonly Share[];
}

const SHARE_SETS = ["shared", "shared6", "share", "share6"] as const;
const SETS = ["answer", "answer6", ...SHARE_SETS] as const;
type SetName = (typeof SETS)[number];
/** What becomes of requests for the link's addresses: each has a counter. */
const COUNTED: readonly ("Answered" | DropReason)[] = ["Answered", "OtherShare", "Expired"];

/** What tables tell links apart by. */
export type LinkName = Pick<Link, "index" | "name">;

const TABLE_PREFIX = "fairlead-l2-";

/** Families of the tables that a link may have: that of the answers, and those of late frames. */
export const LINK_TABLE_FAMILIES = ["netdev", "ip", "ip6"] as const;

/** Name of the link's tables: there is one of each family for each link, and nobody else's. */
export function tableName(link: { readonly index: number | "INDEX" }): string {
  return `${TABLE_PREFIX}${link.index}`;
}

/** Whether a table is one of those that links have, be the link there or gone. */
export function isLinkTable({ family, name }: { readonly family: string; readonly name: string }): boolean {
  const index = name.startsWith(TABLE_PREFIX) ? name.slice(TABLE_PREFIX.length) : "";
  return /^\d+$/.test(index) && LINK_TABLE_FAMILIES.some((known) => known === family);
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
 * For a shared address the packet mark, which means nothing yet at ingress, is the client's part (clientSlot()); a table
 * without shares does without.
 *
 * Where heartbeats keep the gate open, the kernel does it in the path of the frame (netdev egress, Linux 5.16): no
 * transaction, so nobody's lock is waited for, and the node answers only as long as its heartbeats leave this very link.
 *
 * @throws UnsupportedLinkError when the link's name cannot be written in an nftables script.
 */
export function replaceTable(link: Link, answers: Answers, { timeoutMillis, keptBy }: GateOptions): string {
  const device = quoteDevice(link.name);
  const all = elementsOf(answers);
  const set = (name: SetName, type: string) => {
    const initial = all[name].length === 0 ? "" : ` elements = { ${all[name].join(", ")} }`;
    return `  set ${name} { ${type};${initial} }\n`;
  };
  const reply = `${SCRATCH} set ${SENDER_IP} ${SENDER_IP} set ${TARGET_IP} ${TARGET_IP} set ${SCRATCH} \\
      arp daddr ether set arp saddr ether arp saddr ether set ${link.mac} arp operation set reply \\
      ether daddr set ether saddr ether saddr set ${link.mac} fwd to ${device}`;
  const count = (outcome: "Answered" | DropReason) => `counter name ${outcome}`;
  const request = `ether daddr { ff:ff:ff:ff:ff:ff, ${link.mac} } \\
      arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation request`;
  const solicitation = "ether type ip6 icmpv6 type nd-neighbor-solicit";
  const hash = `mod ${CLIENT_SLOTS} seed ${CLIENT_SEED}`;
  const shareSets = [
    set("shared", "type ipv4_addr"),
    set("shared6", `typeof ${NDP_TARGET}`),
    set("share", "type ipv4_addr . mark"),
    set("share6", `typeof ${NDP_TARGET} . meta mark`),
  ];
  const shareRules = [
    `ether type arp ${request} arp daddr ip @shared meta mark set jhash arp saddr ip ${hash}`,
    `ether type arp iif @gate ${request} arp daddr ip . meta mark @share meta mark set 0 ${count("Answered")} ${reply}`,
    `ether type arp iif @gate ${request} arp daddr ip @shared ${count("OtherShare")}`,
    `ether type arp iif != @gate ${request} arp daddr ip @shared ${count("Expired")}`,
    `${solicitation} ${NDP_TARGET} @shared6 meta mark set jhash ip6 saddr ${hash}`,
    `${solicitation} ${NDP_TARGET} @shared6 iif != @gate ${count("Expired")} drop`,
    `${solicitation} ${NDP_TARGET} @shared6 ${NDP_TARGET} . meta mark != @share6 ${count("OtherShare")} drop`,
    `${solicitation} ${NDP_TARGET} @shared6 ${count("Answered")}`,
    "meta mark != 0 ether type { arp, ip6 } meta mark set 0",
  ];
  const isShared = hasShares(answers);
  const byHeartbeats = keptBy === "heartbeats";
  const egress = `  chain egress {
    type filter hook egress device ${device} priority 0; policy accept;
    ether type ${hexNumber(HEARTBEAT_ETHERTYPE)} meta mark ${hexNumber(OPENING_MARK)} update @gate { meta oif timeout ${timeoutMillis}ms }
  }
`;
  return `${removeTable(link)}table netdev ${tableName(link)} {
${set("answer", "type ipv4_addr")}${set("answer6", `typeof ${NDP_TARGET}`)}${isShared ? shareSets.join("") : ""}\
${COUNTED.map((outcome) => `  counter ${outcome} { }\n`).join("")}\
  set gate { type iface_index; flags ${byHeartbeats ? "dynamic,timeout" : "timeout"}; \
elements = { ${device} timeout ${timeoutMillis}ms } }
${byHeartbeats ? egress : ""}  chain ingress {
    type filter hook ingress device ${device} priority 0; policy accept;
    ether type arp iif @gate ${request} arp daddr ip @answer ${count("Answered")} \\
      ${reply}
    ether type arp iif != @gate ${request} arp daddr ip @answer ${count("Expired")}
    ${solicitation} ${NDP_TARGET} @answer6 iif != @gate ${count("Expired")} drop
    ${solicitation} ${NDP_TARGET} @answer6 ${count("Answered")}
${isShared ? shareRules.map((rule) => `    ${rule}\n`).join("") : ""}  }
}
`;
}

/** Whether the table needs what shared addresses need. */
export function hasShares({ shares }: Answers): boolean {
  return shares.length > 0;
}

/** Removes the link's table, present or not. */
export function removeTable(link: Link): string {
  return `add table netdev ${tableName(link)}\ndelete table netdev ${tableName(link)}\n`;
}

/**
 * Turns a table that answers for `before` into one that answers for `after`; undefined when they are the same. Both have
 * shares, or neither has.
 */
export function changeTable(link: Link, before: Answers, after: Answers): string | undefined {
  const [old, now] = [elementsOf(before), elementsOf(after)];
  const lines = [...statements("delete", link, old, now), ...statements("add", link, now, old)];
  return lines.length === 0 ? undefined : `${lines.join("\n")}\n`;
}

function statements(verb: "add" | "delete", link: Link, from: Elements, others: Elements): string[] {
  return SETS.flatMap((name) => {
    const known = new Set(others[name]);
    const own = from[name].filter((element) => !known.has(element));
    return own.length === 0 ? [] : [`${verb} element netdev ${tableName(link)} ${name} { ${own.join(", ")} }`];
  });
}

type Elements = Readonly<Record<SetName, readonly string[]>>;

function elementsOf({ addresses, shares }: Answers): Elements {
  const parts = (family: Family) => {
    return shares
      .filter(({ address }) => address.family === family)
      .flatMap(({ address, slots }) => [...slots].map((slot) => `${write(address)} . ${slot}`));
  };
  const shared = shares.map(({ address }) => address);
  return {
    answer: ofFamily(4, addresses).map(write),
    answer6: ofFamily(6, addresses).map(write),
    shared: ofFamily(4, shared).map(write),
    shared6: ofFamily(6, shared).map(write),
    share: parts(4),
    share6: parts(6),
  };
}

// To nft a raw field is a number.
function write(address: IpAddress): string {
  return address.family === 4 ? formatAddress(address) : hex(address);
}

function hexNumber(number: number): string {
  return `0x${number.toString(16)}`;
}

function hex(address: IpAddress): string {
  return `0x${Array.from(addressOctets(address), (octet) => octet.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The name of a link as an nft script has it. There are no escapes in strings, and a trailing "*" is a wildcard.
 *
 * @throws UnsupportedLinkError for a name that cannot be written.
 */
export function quoteDevice(name: string): string {
  if (/^[\x21-\x7e]{1,15}$/.test(name) && !/["\\*]/.test(name)) return `"${name}"`;
  const got = JSON.stringify(name);
  throw new UnsupportedLinkError(
    `Cannot write nftables table: link name must be 1 to 15 printable characters without ", \\ and *, got ${got}`,
  );
}

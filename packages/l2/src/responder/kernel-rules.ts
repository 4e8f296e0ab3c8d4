import type { Link } from "@fairlead/linux";
import { block, quoteDevice } from "@fairlead/nftables";
import type { Millis } from "@fairlead/runtime";
import { CLIENT_SEED, CLIENT_SLOTS } from "../client-hash.ts";
import { HEARTBEAT_ETHERTYPE, OPENING_MARK } from "../packet/heartbeat.ts";
import type { DropReason } from "./drop-reason.ts";
import type { LinkName } from "./table-name.ts";

/**
 * What keeps the gate open. `heartbeats`: those that carry OPENING_MARK, as they leave the link. `refresh`: a call for each
 * time, over netlink, which waits while anybody on this node changes nftables.
 */
export type GateKeeper = "heartbeats" | "refresh";

/** How long the gate stays open, and by what. */
export interface GateOptions {
  readonly timeoutMillis: Millis;
  readonly keptBy: GateKeeper;
}

/** What becomes of requests for the link's addresses: each has a counter. */
export const COUNTED: readonly ("Answered" | DropReason)[] = ["Answered", "OtherShare", "Expired"];

// Where nft has no way to copy an address into another kind of field, the raw one has no kind (@nh,OFFSET,LENGTH in bits).
const SENDER_IP = "@nh,112,32";
const TARGET_IP = "@nh,192,32";
const SCRATCH = "@nh,144,32";
// nft 1.0.6 has no name for it.
export const NDP_TARGET = "@th,64,128";
const SOLICITATION = "ether type ip6 icmpv6 type nd-neighbor-solicit";

/** A chain of the link's table, at one of its hooks. */
export function chain(hook: "ingress" | "egress", { name }: LinkName, rules: readonly string[]): string {
  return block(`chain ${hook}`, [
    `type filter hook ${hook} device ${quoteDevice(name)} priority 0; policy accept;`,
    ...rules,
  ]);
}

/** The set that the gate is, and what keeps it open. */
export function gateParts(link: LinkName, { timeoutMillis, keptBy }: GateOptions): string[] {
  const byHeartbeats = keptBy === "heartbeats";
  const timeout = `timeout ${timeoutMillis}ms`;
  const mine = `ether type ${hexNumber(HEARTBEAT_ETHERTYPE)} meta mark ${hexNumber(OPENING_MARK)}`;
  return [
    block("set gate", [
      `type iface_index; flags ${byHeartbeats ? "dynamic,timeout" : "timeout"};`,
      `elements = { ${quoteDevice(link.name)} ${timeout} }`,
    ]),
    ...(byHeartbeats ? [chain("egress", link, [`${mine} update @gate { meta oif ${timeout} }`])] : []),
  ];
}

const count = (outcome: "Answered" | DropReason) => `counter name ${outcome}`;

function request({ mac }: Link): string {
  return `ether daddr { ff:ff:ff:ff:ff:ff, ${mac} } arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation request`;
}

/**
 * Has the kernel turn a request itself into the reply. Swapping the two protocol addresses takes a scratch place, since a rule
 * has none but the packet mark, which others use: the target's hardware address, which means nothing in a request.
 */
function reply({ mac, name }: Link): string {
  return [
    `${SCRATCH} set ${SENDER_IP} ${SENDER_IP} set ${TARGET_IP} ${TARGET_IP} set ${SCRATCH}`,
    `arp daddr ether set arp saddr ether arp saddr ether set ${mac} arp operation set reply`,
    `ether daddr set ether saddr ether saddr set ${mac} fwd to ${quoteDevice(name)}`,
  ].join(" ");
}

/**
 * What becomes of requests for addresses that this node owns alone. Solicitations are for the kernel's own Neighbor Discovery
 * to answer, which has the addresses as anycast ones: the rule keeps them from it when the gate is closed.
 */
export function ownRules(link: Link): string[] {
  const asked = `${request(link)} arp daddr ip @answer`;
  return [
    `ether type arp iif @gate ${asked} ${count("Answered")} ${reply(link)}`,
    `ether type arp iif != @gate ${asked} ${count("Expired")}`,
    `${SOLICITATION} ${NDP_TARGET} @answer6 iif != @gate ${count("Expired")} drop`,
    `${SOLICITATION} ${NDP_TARGET} @answer6 ${count("Answered")}`,
  ];
}

/** For shared addresses. The packet mark, which means nothing yet at ingress, is the client's part (clientSlot()). */
export function shareRules(link: Link): string[] {
  const hash = `mod ${CLIENT_SLOTS} seed ${CLIENT_SEED}`;
  const asked = request(link);
  const solicited = `${SOLICITATION} ${NDP_TARGET} @shared6`;
  return [
    `ether type arp ${asked} arp daddr ip @shared meta mark set jhash arp saddr ip ${hash}`,
    `ether type arp iif @gate ${asked} arp daddr ip . meta mark @share meta mark set 0 ${count("Answered")} ${reply(link)}`,
    `ether type arp iif @gate ${asked} arp daddr ip @shared ${count("OtherShare")}`,
    `ether type arp iif != @gate ${asked} arp daddr ip @shared ${count("Expired")}`,
    `${solicited} meta mark set jhash ip6 saddr ${hash}`,
    `${solicited} iif != @gate ${count("Expired")} drop`,
    `${solicited} ${NDP_TARGET} . meta mark != @share6 ${count("OtherShare")} drop`,
    `${solicited} ${count("Answered")}`,
    "meta mark != 0 ether type { arp, ip6 } meta mark set 0",
  ];
}

function hexNumber(number: number): string {
  return `0x${number.toString(16)}`;
}

import type { Link } from "@fairlead/linux";
import { addressOctets, type Family, formatAddress, type IpAddress } from "@fairlead/net";
import {
  type Changes,
  changeStatements,
  concat,
  removeTableStatements,
  type TableName,
  type TimedElement,
  tableStatement,
} from "@fairlead/nftables";
import type { Millis } from "@fairlead/runtime";
import type { Share } from "../ports.ts";
import { ofFamily } from "./answered-addresses.ts";
import { COUNTED, chain, type GateOptions, gateParts, NDP_TARGET, ownRules, shareRules } from "./kernel-rules.ts";
import { type LinkName, tableName } from "./table-name.ts";

/** What a table answers for. */
export interface Answers {
  readonly addresses: readonly IpAddress[];
  readonly shares: readonly Share[];
}

/** Sets of addresses and their types; those of shared addresses are there only where there are any. */
const OWN_SETS = { answer: "type ipv4_addr", answer6: `typeof ${NDP_TARGET}` } as const;
const SHARE_SETS = {
  shared: "type ipv4_addr",
  shared6: `typeof ${NDP_TARGET}`,
  share: "type ipv4_addr . mark",
  share6: `typeof ${NDP_TARGET} . meta mark`,
} as const;
type SetName = keyof typeof OWN_SETS | keyof typeof SHARE_SETS;

/** The element without which nothing is answered: the index of the link. */
export function gateElement(link: Link, timeoutMillis: Millis): TimedElement {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, link.index, true); // host byte order, as all that the kernel itself counts
  return { table: tableName(link), set: "gate", key, timeoutMillis };
}

/**
 * Removes what was left over and makes the link's table, which answers for `answers` until the gate times out.
 *
 * `ether type` looks behind a VLAN tag that the hardware has taken off, so requests on another VLAN do not match.
 *
 * Where heartbeats keep the gate open, the kernel does it in the path of the frame (netdev egress, Linux 5.16): no
 * transaction, so nobody's lock is waited for, and the node answers only as long as its heartbeats leave this very link.
 *
 * @throws UnsupportedLinkError when the link's name cannot be written in an nftables script.
 */
export function replaceTable(link: Link, answers: Answers, gate: GateOptions): string {
  const table = tableOf(link);
  const elements = elementsOf(answers);
  const types = hasShares(answers) ? { ...OWN_SETS, ...SHARE_SETS } : OWN_SETS;
  const sets = Object.entries(types).map(([name, type]) => {
    const initial = elements[name as SetName];
    return `set ${name} { ${type};${initial.length === 0 ? "" : ` elements = { ${initial.join(", ")} }`} }`;
  });
  const parts = [
    ...sets,
    ...COUNTED.map((outcome) => `counter ${outcome} { }`),
    ...gateParts(link, gate),
    chain("ingress", link, [...ownRules(link), ...(hasShares(answers) ? shareRules(link) : [])]),
  ];
  return `${removeTableStatements(table)}\n${tableStatement(table, parts)}\n`;
}

/** Whether the table needs what shared addresses need. */
export function hasShares({ shares }: Answers): boolean {
  return shares.length > 0;
}

/** Removes the link's table, present or not. */
export function removeTable(link: Link): string {
  return `${removeTableStatements(tableOf(link))}\n`;
}

/**
 * Turns a table that answers for `before` into one that answers for `after`; undefined when they are the same. Both have
 * shares, or neither has.
 */
export function changeTable(link: Link, before: Answers, after: Answers): string | undefined {
  const [old, now] = [elementsOf(before), elementsOf(after)];
  const changes: Changes = new Map(
    Object.keys({ ...OWN_SETS, ...SHARE_SETS }).map((name) => {
      const [from, to] = [old[name as SetName], now[name as SetName]];
      const added = without(to, from).map((element) => [element, undefined] as const);
      return [name, { deleted: without(from, to), added: new Map(added) }];
    }),
  );
  return changeStatements(tableOf(link), changes) || undefined;
}

function without(elements: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return elements.filter((element) => !known.has(element));
}

function tableOf(link: LinkName): TableName {
  return { family: "netdev", name: tableName(link) };
}

type Elements = Readonly<Record<SetName, readonly string[]>>;

function elementsOf({ addresses, shares }: Answers): Elements {
  const parts = (family: Family) => {
    return shares
      .filter(({ address }) => address.family === family)
      .flatMap(({ address, slots }) => [...slots].map((slot) => concat(write(address), slot)));
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

function hex(address: IpAddress): string {
  return `0x${Array.from(addressOctets(address), (octet) => octet.toString(16).padStart(2, "0")).join("")}`;
}

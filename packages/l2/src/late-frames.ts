import type { Link } from "@fairlead/linux";
import { type Family, formatAddress, type IpAddress } from "@fairlead/net";
import { quoteDevice, tableName } from "./kernel-table.ts";

/** How long connections that were begun at the former owner are passed on to it, in seconds. */
const PASSED_FOR = 30;

/** After conntrack, and before anything that decides on the first packet of a flow: dstnat (-100) less 11. */
const PRIORITY = -111;

const TABLES = [
  { family: 4, name: "ip", type: "ipv4_addr" },
  { family: 6, name: "ip6", type: "ipv6_addr" },
] as const;

/**
 * Has this node pass on to its former owner what comes for an address and belongs to a connection that this node does not
 * know: it was begun there, and can end there while that node goes on forwarding. Takes the place of what was passed on
 * before.
 *
 * @param former - addresses, each with the former owner's own address on the link, of the same family.
 */
export function passOnLateFrames(link: Link, former: ReadonlyMap<string, IpAddress>): string {
  const device = quoteDevice(link.name);
  return TABLES.map(({ family, name, type }) => {
    const table = `${name} ${tableName(link)}`;
    const elements = elementsOf(former, family);
    const flags = "tcp flags & (fin | syn | rst | ack) != syn";
    return `add table ${table}
add map ${table} former { type ${type} : ${type}; flags timeout; }
add chain ${table} late { type filter hook prerouting priority ${PRIORITY}; }
flush chain ${table} late
flush map ${table} former
add rule ${table} late iifname ${device} ct state new ${flags} dup to ${name} daddr map @former device ${device} drop
${elements === "" ? "" : `add element ${table} former { ${elements} }\n`}`;
  }).join("");
}

/** Removes what {@link passOnLateFrames} made, present or not. */
export function removeLateFrames(link: Link): string {
  return TABLES.map(({ name }) => {
    const table = `${name} ${tableName(link)}`;
    return `add table ${table}\ndelete table ${table}\n`;
  }).join("");
}

function elementsOf(former: ReadonlyMap<string, IpAddress>, family: Family): string {
  return [...former]
    .filter(([, owner]) => owner.family === family)
    .map(([address, owner]) => `${address} timeout ${PASSED_FOR}s : ${formatAddress(owner)}`)
    .join(", ");
}

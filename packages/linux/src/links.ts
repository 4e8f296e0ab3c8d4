import { compareAddresses, formatAddress, formatPrefix, type IpAddress, type Mac } from "@fairlead/net";
import { IFF } from "./packet/link-message.ts";
import type { RouteMessage } from "./packet/rtnetlink.ts";
import type { Link } from "./ports.ts";

const NO_MAC: Mac = "00:00:00:00:00:00";

/** The links that a complete dump of links, addresses and routes tells of, in ascending order of index. */
export function linksFromDump(messages: readonly RouteMessage[]): Link[] {
  const links: Link[] = [];
  for (const message of messages) {
    if (message.kind !== "link") continue;
    const { index, name, mac, mtu, flags, master } = message;
    const addresses = messages.flatMap((other) =>
      other.kind === "address" && other.index === index ? [other.prefix] : [],
    );
    links.push({
      index,
      name,
      mac: mac ?? NO_MAC,
      mtu,
      up: (flags & IFF.up) !== 0 && (flags & IFF.lowerUp) !== 0,
      loopback: (flags & IFF.loopback) !== 0,
      noArp: (flags & IFF.noArp) !== 0,
      ...(master !== undefined && { master }),
      addresses,
      gateways: gatewaysOf(index, messages),
    });
  }
  return links.sort((a, b) => a.index - b.index);
}

// Thousands of routes may go by a few routers.
function gatewaysOf(index: number, messages: readonly RouteMessage[]): IpAddress[] {
  const gateways = new Map<string, IpAddress>();
  for (const message of messages) {
    if (message.kind !== "route") continue;
    for (const hop of message.hops) if (hop.index === index) gateways.set(formatAddress(hop.gateway), hop.gateway);
  }
  return [...gateways.values()].sort(compareAddresses);
}

/** Whether two lists tell the same of the same links. */
export function sameLinks(a: readonly Link[], b: readonly Link[]): boolean {
  return a.length === b.length && a.every((link, i) => fingerprint(link) === fingerprint(b[i]));
}

function fingerprint(link: Link | undefined): string {
  return JSON.stringify(
    link === undefined
      ? []
      : { ...link, addresses: link.addresses.map(formatPrefix), gateways: link.gateways.map(formatAddress) },
  );
}

import type { NodeInfo, NodeNetworks, ReservedKind, ReservedRange, ServiceRange } from "@fairlead/model";
import {
  type AddressRange,
  addressBits,
  formatPrefix,
  type IpAddress,
  LINK_LOCAL,
  LOOPBACK,
  type Prefix,
  prefixRange,
} from "@fairlead/net";

const LOCAL: readonly AddressRange[] = [LINK_LOCAL[4], LOOPBACK[4], LINK_LOCAL[6], LOOPBACK[6]];

/**
 * The addresses that no Service may have, since the network needs them: those of nodes and of their routers, the ranges of
 * pods and of cluster addresses, and of each subnet that a node is connected to the first (RFC 4291 §2.6.1 for IPv6) and,
 * for IPv4, the last (RFC 919). Subnets of one or two addresses have neither (RFC 3021, RFC 6164). Each is named once.
 */
export function reservedRanges(
  nodes: readonly NodeInfo[],
  networks: readonly NodeNetworks[],
  serviceRanges: readonly ServiceRange[],
): ReservedRange[] {
  const found: ReservedRange[] = [
    ...nodes.flatMap(({ name, addresses, podRanges }) => [
      ...addresses.map((address) => one(address, "NodeAddress", name)),
      ...podRanges.map((range) => ({ range, what: "PodRange", of: name }) as const),
    ]),
    ...networks.flatMap(({ name, subnets, gateways }) => [
      ...subnets.map(({ address }) => one(address, "NodeAddress", name)),
      ...gateways.map((address) => one(address, "Gateway", name)),
      ...subnets.flatMap(endsOf),
    ]),
    ...serviceRanges.flatMap(({ name, ranges }) =>
      ranges.map((range) => ({ range, what: "ServiceRange", of: name }) as const),
    ),
  ];
  const speakers = new Set(networks.flatMap(({ macs }) => macs));
  for (const { name, strangers } of networks) {
    for (const { address, mac, link, isNew } of strangers) {
      // Speakers that do not hear one another are no strangers all the same.
      if (speakers.has(mac)) continue;
      found.push({ ...one(address, "Stranger", `${mac}, seen by Node ${name} on ${link}`), isNew });
    }
  }
  const named = new Map<string, ReservedRange>();
  for (const each of found) {
    const { family, first, last } = each.range;
    const isLocal = LOCAL.some((local) => local.family === family && local.first <= first && last <= local.last);
    const key = `${family}/${first}/${last}`;
    if (!isLocal && !named.has(key)) named.set(key, each);
  }
  return [...named.values()];
}

function endsOf(subnet: Prefix): ReservedRange[] {
  const { family } = subnet.address;
  if (addressBits(family) - subnet.length < 2) return [];
  const { first, last } = prefixRange(subnet);
  const of = formatPrefix({ address: { family, value: first }, length: subnet.length });
  const network = one({ family, value: first }, "NetworkAddress", of);
  return family === 6 ? [network] : [network, one({ family, value: last }, "BroadcastAddress", of)];
}

function one({ family, value }: IpAddress, what: ReservedKind, of: string): ReservedRange {
  return { range: { family, first: value, last: value }, what, of };
}

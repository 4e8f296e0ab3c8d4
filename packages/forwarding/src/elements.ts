import {
  addressBits,
  compareAddresses,
  type Family,
  formatAddress,
  formatRange,
  mergeRanges,
  rangeSize,
} from "@fairlead/net";
import { concat, type Element } from "@fairlead/nftables";
import { type Balancer, balancerName } from "./balancer.ts";
import type { PlacedPort } from "./placement.ts";
import type { ForwardedEndpoint, ForwardedPort } from "./table.ts";
import { type SetKind, setName } from "./terms.ts";

/** The elements that serve one port; several ports may need the same one (a VIP, a local endpoint). */
export function portElements({ port, mode }: PlacedPort): Element[] {
  const vip = formatAddress(port.vip);
  const protocol = port.protocol.toLowerCase();
  const key = concat(vip, protocol, port.port);
  const to = into(port.vip.family);
  const shared = [to("vips", vip), ...sourceRangeElements(port, key)];
  if (mode === "direct" || port.nodePort === undefined) return [...shared, ...directElements(port, key)];
  const reply = concat(protocol, port.nodePort);
  return [
    ...shared,
    to("nodeports", key, String(port.nodePort)),
    to("reply-vips", reply, vip),
    to("reply-ports", reply, String(port.port)),
  ];
}

/** Each endpoint once, in an order that all nodes share: a client's hash means the same pod on each of them. */
export function distinctEndpoints(endpoints: readonly ForwardedEndpoint[]): ForwardedEndpoint[] {
  const sorted = [...endpoints].sort((a, b) => compareAddresses(a.address, b.address) || a.port - b.port);
  return sorted.filter((endpoint, index) => {
    const previous = sorted[index - 1];
    return (
      previous === undefined ||
      previous.port !== endpoint.port ||
      compareAddresses(previous.address, endpoint.address) !== 0
    );
  });
}

type Into = (kind: SetKind, key: string, value?: string) => Element;

function into(family: Family): Into {
  return (kind, key, value) => ({ set: setName(kind, family), key, ...(value === undefined ? {} : { value }) });
}

function directElements({ vip, policy, affinity, endpoints }: ForwardedPort, key: string): Element[] {
  const to = into(vip.family);
  const all = distinctEndpoints(endpoints);
  const local = all.filter((endpoint) => endpoint.local);
  const outside = policy === "Local" ? local : all;
  const found = [to("ports", key)];
  if (outside.length === 0) found.push(to("unavailable", key, `goto ${all.length === 0 ? "refuse" : "silence"}`));
  else found.push(...balanced(to, "services", key, { affinity, from: "endpoints", count: outside.length }, outside));
  if (outside.length < all.length) {
    found.push(...balanced(to, "inside", key, { affinity, from: "inside-endpoints", count: all.length }, all));
  }
  if (policy === "Cluster" && local.length < all.length) found.push(to("masqueraded", key));
  for (const { address } of local) {
    const text = formatAddress(address);
    found.push(to("local-endpoints", text), to("hairpins", concat(text, text)));
  }
  return found;
}

function balanced(
  to: Into,
  kind: SetKind,
  key: string,
  balancer: Balancer,
  endpoints: readonly ForwardedEndpoint[],
): Element[] {
  return [
    to(kind, key, `goto ${balancerName(balancer)}`),
    ...endpoints.map(({ address, port }, index) =>
      to(balancer.from, concat(key, index), concat(formatAddress(address), port)),
    ),
  ];
}

function sourceRangeElements({ vip, sourceRanges }: ForwardedPort, key: string): Element[] {
  if (sourceRanges.length === 0) return [];
  const to = into(vip.family);
  // Disjoint, since nft refuses intervals that overlap.
  const ranges = mergeRanges(sourceRanges.filter((range) => range.family === vip.family));
  const everybody = 1n << BigInt(addressBits(vip.family));
  if (ranges.some((range) => rangeSize(range) === everybody)) return [];
  return [to("limited", key), ...ranges.map((range) => to("allowed", concat(key, formatRange(range))))];
}

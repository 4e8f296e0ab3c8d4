import type { IpAddress } from "@fairlead/net";
import { distinctEndpoints } from "./elements.ts";
import { type PlacedPort, samePlacement } from "./placement.ts";
import type { Flow } from "./ports.ts";

/**
 * The flows of TCP and UDP that `before` sends to endpoints and `after` no longer does, by VIP and endpoint where none is
 * left between the two, else by port. Of a VIP that has no port any more all of them, to wherever: its Service is gone, or has
 * given it back, and the next one to have it may be another one's.
 *
 * @param before - ports by {@link placePorts}'s keys, as `after`.
 */
export function lostFlows(before: ReadonlyMap<string, PlacedPort>, after: ReadonlyMap<string, PlacedPort>): Flow[] {
  const lost: PortFlow[] = [];
  for (const [key, old] of before) {
    const now = after.get(key);
    if (now !== undefined && samePlacement(old, now)) continue;
    const kept = new Set(now === undefined ? [] : portFlows(now).map(portKey));
    lost.push(...portFlows(old).filter((flow) => !kept.has(portKey(flow))));
  }
  if (lost.length === 0) return [];
  const left = new Set([...after.values()].flatMap(portFlows).map(pairKey));
  const vips = new Set(Array.from(after.values(), ({ port: { vip } }) => vipKey(vip)));
  const flows = new Map<string, Flow>();
  for (const flow of lost) {
    const { protocol, vip, endpoint } = flow;
    if (!vips.has(vipKey(vip))) flows.set(`${protocol} ${vipKey(vip)}`, { protocol, vip });
    else if (left.has(pairKey(flow))) flows.set(portKey(flow), flow);
    else flows.set(pairKey(flow), { protocol, vip, endpoint });
  }
  return [...flows.values()];
}

type PortFlow = Required<Flow>;

function portFlows({ port: { vip, protocol, port, endpoints }, mode }: PlacedPort): PortFlow[] {
  // What goes through a NodePort is kube-proxy's to forget.
  if (mode !== "direct" || protocol === "SCTP") return [];
  return distinctEndpoints(endpoints).map(({ address: endpoint, port: target }) => {
    return { protocol, vip, endpoint, ports: { vip: port, endpoint: target } };
  });
}

function vipKey({ family, value }: IpAddress): string {
  return `${family} ${value}`;
}

function pairKey({ protocol, vip, endpoint }: PortFlow): string {
  return `${protocol} ${vipKey(vip)} ${endpoint.value}`;
}

function portKey(flow: PortFlow): string {
  return `${pairKey(flow)} ${flow.ports.vip} ${flow.ports.endpoint}`;
}

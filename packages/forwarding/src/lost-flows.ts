import type { IpAddress } from "@fairlead/net";
import { distinctEndpoints } from "./elements.ts";
import { type PlacedPort, samePlacement } from "./placement.ts";
import type { Flow } from "./ports.ts";
import type { ForwardedEndpoint } from "./table.ts";

/**
 * The flows of TCP and UDP that `before` sends to endpoints and `after` no longer does, by VIP and endpoint where none is
 * left between the two, else by port. Over are those to an endpoint that was terminating and is gone: so is its Pod. Of a VIP
 * that has no port any more all of them are, to wherever: its Service is gone, or has given it back, and the next one to have it
 * may be another one's.
 *
 * @param before - ports by {@link placePorts}'s keys, as `after`.
 */
export function lostFlows(before: ReadonlyMap<string, PlacedPort>, after: ReadonlyMap<string, PlacedPort>): Flow[] {
  const lost: PortFlow[] = [];
  const over: PortFlow[] = [];
  for (const [key, old] of before) {
    const now = after.get(key);
    if (now !== undefined && samePlacement(old, now)) continue;
    const kept = new Set(now === undefined ? [] : portFlows(now).map(portKey));
    const there = new Set([...kept, ...(now === undefined ? [] : endingFlows(now).map(portKey))]);
    const gone = endingFlows(old).filter((flow) => !there.has(portKey(flow)));
    const isOver = new Set(gone.map(portKey));
    over.push(...gone);
    lost.push(...portFlows(old).filter((flow) => !kept.has(portKey(flow)) && !isOver.has(portKey(flow))));
  }
  if (lost.length + over.length === 0) return [];
  const left = new Set([...after.values()].flatMap(portFlows).map(pairKey));
  const vips = new Set(Array.from(after.values(), ({ port: { vip } }) => vipKey(vip)));
  const flows = new Map<string, Flow>();
  for (const flow of [...over, ...lost]) {
    const { protocol, vip, endpoint } = flow;
    if (!vips.has(vipKey(vip))) flows.set(`${protocol} ${vipKey(vip)}`, { protocol, vip });
    else if (flow.isOver || left.has(pairKey(flow))) flows.set(portKey(flow), flow);
    else flows.set(pairKey(flow), { protocol, vip, endpoint });
  }
  return [...flows.values()];
}

type PortFlow = Flow & Required<Pick<Flow, "endpoint" | "ports">>;

/** To the endpoints that new connections go to. */
function portFlows(placed: PlacedPort): PortFlow[] {
  return flowsTo(placed, distinctEndpoints(placed.port.endpoints));
}

/** To those that are terminating. */
function endingFlows(placed: PlacedPort): PortFlow[] {
  return flowsTo(placed, placed.port.terminating ?? []).map((flow) => ({ ...flow, isOver: true }));
}

function flowsTo(
  { port: { vip, protocol, port }, mode }: PlacedPort,
  endpoints: readonly Pick<ForwardedEndpoint, "address" | "port">[],
): PortFlow[] {
  // What goes through a NodePort is kube-proxy's to forget.
  if (mode !== "direct" || protocol === "SCTP") return [];
  return endpoints.map(({ address: endpoint, port: target }) => {
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

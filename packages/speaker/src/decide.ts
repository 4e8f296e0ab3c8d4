import type { WantedAddress } from "@fairlead/l2";
import { type AnnouncementRefusal, isServed, type NodeInfo, type Pool, type ServiceIntent } from "@fairlead/model";
import { type AddressRange, type IpAddress, parseAddress } from "@fairlead/net";
import { reachOf } from "./eligibility/advertisements.ts";
import { ServiceEndpoints, usableEndpoints } from "./eligibility/endpoints.ts";
import { nodeRefusal, preferReady } from "./eligibility/nodes.ts";
import type { ForwardedPort, ForwardingTable } from "./forwarding/index.ts";
import { holdersByAddress, poolOf } from "./holders.ts";
import type { Snapshot } from "./snapshot.ts";

/** An address of a Service, and where it may be announced. */
export interface PlannedAddress extends WantedAddress {
  /** "namespace/name" of the Service. */
  readonly service: string;
  readonly serviceUid: string;
  /** The other Services, where several share the address. */
  readonly sharers?: readonly { readonly service: string; readonly serviceUid: string }[];
  /** Why this node is not among the nodes. */
  readonly refusal?: AnnouncementRefusal;
}

/** What a speaker wants of its node. Plain data: it crosses from the thread that decides to the one that acts. */
export interface Plan {
  readonly addresses: readonly PlannedAddress[];
  /** Where more addresses may come from: the ranges of the pools. */
  readonly ranges: readonly AddressRange[];
  readonly forwarding: ForwardingTable;
}

/** What this node is to announce and forward in a state. Total and pure. */
export function decide(snapshot: Snapshot): Plan {
  const endpoints = Map.groupBy(snapshot.endpoints, ({ namespace, service }) => `${namespace}/${service}`);
  const fit = snapshot.nodes.filter((node) => nodeRefusal(node) === undefined);
  const context = { snapshot, fit };
  const holders = holdersByAddress(snapshot);
  const claims = new Map<string, Claim[]>();
  for (const service of snapshot.services) {
    if (service.ingress.length === 0 || !isServed(service, snapshot.classes)) continue;
    const own = new ServiceEndpoints(endpoints.get(`${service.namespace}/${service.name}`) ?? []);
    for (const address of new Set(service.ingress)) {
      const pool = poolOf(service, address, holders, snapshot.pools);
      if (pool === undefined) continue;
      const others = claims.get(address);
      if (others === undefined) claims.set(address, [{ service, pool, endpoints: own }]);
      else others.push({ service, pool, endpoints: own });
    }
  }
  const groups = groupsByAddress(claims);
  const addresses: PlannedAddress[] = [];
  const ports: ForwardedPort[] = [];
  for (const [address, unordered] of claims) {
    const sharers = inOrder(unordered, holders.get(address)?.uids ?? []);
    const apart = groups.get(address);
    addresses.push({ ...planShared(address, sharers, context), ...(apart !== undefined && { groups: apart }) });
    const vip = parseAddress(address);
    for (const { service, endpoints: own } of sharers) ports.push(...forwardedPorts(service, vip, own, snapshot.node));
  }
  const ranges = snapshot.pools.flatMap(({ usable }) => usable);
  return { addresses, ranges, forwarding: forwardingTable(snapshot, ports) };
}

interface Context {
  readonly snapshot: Snapshot;
  /** Nodes that nothing is against, whatever the address. */
  readonly fit: readonly NodeInfo[];
}

/** A Service with an address in its status that it may have. */
interface Claim {
  readonly service: ServiceIntent;
  readonly pool: Pool;
  readonly endpoints: ServiceEndpoints;
}

// The addresses of one family that one Service has are of more use on different nodes. IPv4 and IPv6 stand in for each
// other as it is: clients try both.
function groupsByAddress(claims: ReadonlyMap<string, readonly Claim[]>): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const [address, sharers] of claims) {
    for (const { service } of sharers) {
      if (service.ingress.length < 2) continue;
      const group = `${service.uid}/${parseAddress(address).family}`;
      members.set(group, [...(members.get(group) ?? []), address]);
    }
  }
  const groups = new Map<string, string[]>();
  for (const [group, addresses] of members) {
    if (addresses.length < 2) continue;
    for (const address of addresses) groups.set(address, [...(groups.get(address) ?? []), group]);
  }
  return groups;
}

function inOrder(claims: readonly Claim[], uids: readonly string[]): readonly Claim[] {
  if (claims.length < 2) return claims;
  return [...claims].sort((a, b) => uids.indexOf(a.service.uid) - uids.indexOf(b.service.uid));
}

// A shared address is announced once, from where each of its Services may be: traffic for all of them arrives there.
function planShared(address: string, claims: readonly Claim[], context: Context): PlannedAddress {
  const [first, ...others] = claims.map(({ service, pool, endpoints }) => {
    return planAddress(service, address, pool, endpoints, context);
  });
  if (first === undefined) throw new RangeError(`Cannot plan ${address}: must have a Service, got none`);
  if (others.length === 0) return first.plan;
  const all = [first, ...others];
  const able = first.able.filter(({ name }) => all.every((one) => one.able.some((node) => node.name === name)));
  const nodes = new Set(preferReady(able).map(({ name }) => name));
  const named = all.filter(({ plan }) => plan.interfaces.length > 0).map(({ plan }) => plan.interfaces);
  const [some = [], ...more] = named;
  const interfaces = some.filter((name) => more.every((list) => list.includes(name)));
  const { refusal: _, ...rest } = first.plan;
  const refusal = all.find(({ plan }) => plan.refusal !== undefined)?.plan.refusal;
  const sharers = others.map(({ plan: { service, serviceUid } }) => ({ service, serviceUid }));
  const plan = { ...rest, sharers, interfaces };
  if (named.length > 0 && interfaces.length === 0) {
    return { ...plan, nodes: new Set(), refusal: { code: "NoInterface", interfaces: named.flat() } };
  }
  if (nodes.has(context.snapshot.node)) return { ...plan, nodes };
  return { ...plan, nodes, refusal: refusal ?? { code: "NodeNotReady" } };
}

/** What one Service wants of an address, and the nodes that could serve it, ready or not. */
interface Wish {
  readonly plan: PlannedAddress;
  readonly able: readonly NodeInfo[];
}

function planAddress(
  service: ServiceIntent,
  address: string,
  pool: Pool,
  endpoints: ServiceEndpoints,
  { snapshot, fit }: Context,
): Wish {
  const planned = { address, service: `${service.namespace}/${service.name}`, serviceUid: service.uid };
  const { node: self, nodes, advertisements } = snapshot;
  const { family } = parseAddress(address);
  const reach = reachOf(pool, service, advertisements, nodes, self);
  if ("code" in reach) return wish({ ...planned, nodes: new Set(), interfaces: [], refusal: reach });
  const local = service.externalTrafficPolicy === "Local" ? endpoints.localNodes(family) : undefined;
  const serves = (node: string) => local === undefined || local.everywhere || local.nodes.has(node);
  const able = fit.filter(({ name }) => reach.nodes.has(name) && serves(name));
  const candidates = new Set(preferReady(able).map(({ name }) => name));
  const all = { ...planned, nodes: candidates, interfaces: reach.interfaces };
  if (candidates.has(self)) return wish(all, able);
  const here = nodes.find(({ name }) => name === self);
  const refusal = here === undefined ? ({ code: "NodeUnknown", node: self } as const) : nodeRefusal(here);
  if (refusal !== undefined) return wish({ ...all, refusal }, able);
  if (!reach.nodes.has(self)) {
    return wish({ ...all, refusal: { code: "NodeNotSelected", advertisements: reach.advertisements } }, able);
  }
  if (serves(self)) return wish({ ...all, refusal: { code: "NodeNotReady" } }, able);
  return wish({ ...all, refusal: { code: "NoLocalEndpoints", nodes: [...(local?.nodes ?? [])].sort() } }, able);
}

function wish(plan: PlannedAddress, able: readonly NodeInfo[] = []): Wish {
  return { plan, able };
}

function forwardedPorts(
  service: ServiceIntent,
  vip: IpAddress,
  endpoints: ServiceEndpoints,
  self: string,
): ForwardedPort[] {
  return service.ports.map(({ name, protocol, port, nodePort }) => {
    const all = endpoints.of(name, protocol).filter(({ address }) => address.family === vip.family);
    const local = usableEndpoints(all.filter(({ nodeName }) => nodeName === self));
    // Under policy Local each node falls back to its own terminating endpoints; under Cluster, all together do.
    const usable = usableEndpoints(all);
    const chosen = service.externalTrafficPolicy === "Local" ? [...new Set([...local, ...usable])] : usable;
    return {
      vip,
      protocol,
      port,
      ...(nodePort !== undefined && { nodePort }),
      policy: service.externalTrafficPolicy,
      affinity: service.sessionAffinity,
      sourceRanges: service.sourceRanges,
      endpoints: chosen.map(({ address, port: target, nodeName }) => {
        // Policy Local is about keeping the client's address: what runs on no node is as near to one as to another.
        const near = nodeName === undefined && service.externalTrafficPolicy === "Local";
        return { address, port: target, local: near || nodeName === self };
      }),
    };
  });
}

function forwardingTable({ node, nodes, forwarding }: Snapshot, ports: readonly ForwardedPort[]): ForwardingTable {
  const here = nodes.find(({ name }) => name === node);
  const own = here?.internalAddresses ?? [];
  const firsts = [4, 6].flatMap((family) => own.find((address) => address.family === family) ?? []);
  return { mode: forwarding, ports, internal: nodes.flatMap(({ podRanges }) => podRanges), nodeAddresses: firsts };
}

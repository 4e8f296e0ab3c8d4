import type { ForwardedPort, ForwardingTable } from "@fairlead/forwarding";
import type { Candidacy, WantedAddress } from "@fairlead/l2";
import {
  type AnnouncementRefusal,
  isServed,
  type NodeInfo,
  type ObjectIdentity,
  type Pool,
  type ServiceIntent,
} from "@fairlead/model";
import { type AddressRange, type IpAddress, parseAddress } from "@fairlead/net";
import { type NodeReach, reachOf } from "../survey/advertisements.ts";
import { ServiceEndpoints, usableEndpoints } from "../survey/endpoints.ts";
import { nodeRefusal, preferReady } from "../survey/nodes.ts";
import { holdersByAddress, poolOf } from "../survey/holders.ts";
import type { Snapshot } from "../survey/snapshot.ts";

/** An address of a Service, and where it may be announced. */
export interface PlannedAddress extends WantedAddress {
  /** Whose address it is: the one whose ports count first, then those that share it. */
  readonly services: readonly [ObjectIdentity, ...ObjectIdentity[]];
  /** Why this node is not among the nodes. */
  readonly refusal?: AnnouncementRefusal;
}

/** What a speaker wants of its node. Plain data: it crosses from the thread that decides to the one that acts. */
export interface Plan {
  readonly addresses: readonly PlannedAddress[];
  /** Where more addresses may come from: the ranges of the pools. */
  readonly ranges: readonly AddressRange[];
  /** All nodes by name, with their addresses. */
  readonly nodes: ReadonlyMap<string, readonly IpAddress[]>;
  readonly forwarding: ForwardingTable;
}

/** What this node is to announce and forward in a state. Total and pure. */
export function decide(snapshot: Snapshot): Plan {
  const endpoints = Map.groupBy(snapshot.endpoints, ({ namespace, service }) => `${namespace}/${service}`);
  const fit = snapshot.nodes.filter((node) => nodeRefusal(node) === undefined);
  const context = { snapshot, fit };
  const holders = holdersByAddress(snapshot);
  const claims = new Map<string, [Claim, ...Claim[]]>();
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
    addresses.push({ ...planAddress(address, sharers, context), ...(apart !== undefined && { groups: apart }) });
    const vip = parseAddress(address);
    for (const { service, endpoints: own } of sharers) ports.push(...forwardedPorts(service, vip, own, snapshot));
  }
  const ranges = snapshot.pools.flatMap(({ usable }) => usable);
  const nodes = new Map(snapshot.nodes.map(({ name, internalAddresses }) => [name, internalAddresses]));
  return { addresses, ranges, nodes, forwarding: forwardingTable(snapshot, ports) };
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

function inOrder(claims: [Claim, ...Claim[]], uids: readonly string[]): readonly [Claim, ...Claim[]] {
  return claims.sort((a, b) => uids.indexOf(a.service.uid) - uids.indexOf(b.service.uid));
}

// A shared address is announced once, from where each of its Services may be: traffic for all of them arrives there.
function planAddress(address: string, claims: readonly [Claim, ...Claim[]], context: Context): PlannedAddress {
  const [first, ...others] = claims;
  const wishes = claims.map((claim) => wishFor(address, claim, context));
  const able = context.fit.filter(({ name }) => wishes.every(({ nodes }) => nodes.has(name)));
  const nodes = new Map(preferReady(able).map(({ name }) => [name, candidacyOf(name, wishes)]));
  const planned = {
    address,
    services: [identityOf(first.service), ...others.map(({ service }) => identityOf(service))] as const,
    nodes,
    ...(wishes.every(({ isShared }) => isShared) && { isShared: true }),
  };
  if (nodes.has(context.snapshot.node)) return planned;
  const refusal = wishes.find((wish) => wish.refusal !== undefined)?.refusal;
  return { ...planned, refusal: refusal ?? { code: "NodeNotReady" } };
}

function candidacyOf(node: string, wishes: readonly Wish[]): Candidacy {
  const reaches = wishes.flatMap(({ nodes }) => nodes.get(node) ?? []);
  return {
    links: reaches.map(({ links }) => links),
    weight: reaches.reduce((sum, { weight }) => sum + weight, 0),
  };
}

function identityOf({ namespace, name, uid }: ServiceIntent): ObjectIdentity {
  return { namespace, name, uid };
}

/** The nodes that one Service could have an address on, ready or not. */
interface Wish {
  readonly nodes: ReadonlyMap<string, NodeReach>;
  readonly isShared: boolean;
  /** Why this node is not one of them. */
  readonly refusal?: AnnouncementRefusal;
}

function wishFor(address: string, { service, pool, endpoints }: Claim, { snapshot, fit }: Context): Wish {
  const { node: self, nodes, advertisements } = snapshot;
  const reach = reachOf(pool, service, advertisements, nodes);
  if ("code" in reach) return { nodes: new Map(), isShared: false, refusal: reach };
  const { isShared } = reach;
  const isLocal = service.externalTrafficPolicy === "Local";
  const local = isLocal ? endpoints.localNodes(parseAddress(address).family) : undefined;
  const serves = (node: string) => local === undefined || local.everywhere || local.nodes.has(node);
  const able = new Map([...reach.nodes].filter(([name]) => serves(name)));
  if (able.has(self) && fit.some(({ name }) => name === self)) return { nodes: able, isShared };
  const here = nodes.find(({ name }) => name === self);
  const refusal = here === undefined ? ({ code: "NodeUnknown", node: self } as const) : nodeRefusal(here);
  if (refusal !== undefined) return { nodes: able, isShared, refusal };
  if (!reach.nodes.has(self)) {
    return { nodes: able, isShared, refusal: { code: "NodeNotSelected", advertisements: reach.advertisements } };
  }
  return { nodes: able, isShared, refusal: { code: "NoLocalEndpoints", nodes: [...(local?.nodes ?? [])].sort() } };
}

function forwardedPorts(
  service: ServiceIntent,
  vip: IpAddress,
  endpoints: ServiceEndpoints,
  { node: self, lost }: Pick<Snapshot, "node" | "lost">,
): ForwardedPort[] {
  return service.ports.map(({ name, protocol, port, nodePort }) => {
    const all = endpoints.of(name, protocol).filter(({ address }) => address.family === vip.family);
    const local = usableEndpoints(all.filter(({ nodeName }) => nodeName === self));
    // Under policy Local each node falls back to its own terminating endpoints; under Cluster, all together do.
    const usable = usableEndpoints(all, lost);
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

import type { WantedAddress } from "@fairlead/l2";
import { type AnnouncementRefusal, isServed, type Pool, type ServiceIntent } from "@fairlead/model";
import { type AddressRange, type IpAddress, parseAddress, rangeContains } from "@fairlead/net";
import { reachOf } from "./eligibility/advertisements.ts";
import { ServiceEndpoints, usableEndpoints } from "./eligibility/endpoints.ts";
import { eligibleNodes } from "./eligibility/nodes.ts";
import type { ForwardedPort, ForwardingTable } from "./forwarding/index.ts";
import type { Snapshot } from "./snapshot.ts";

/** An address of a Service, and where it may be announced. */
export interface PlannedAddress extends WantedAddress {
  /** "namespace/name" of the Service. */
  readonly service: string;
  readonly serviceUid: string;
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
  const context = { snapshot, nodes: eligibleNodes(snapshot.nodes), owners: ownersByAddress(snapshot) };
  const addresses: PlannedAddress[] = [];
  const ports: ForwardedPort[] = [];
  for (const service of snapshot.services) {
    if (service.ingress.length === 0 || !isServed(service, snapshot.classes)) continue;
    const own = new ServiceEndpoints(endpoints.get(`${service.namespace}/${service.name}`) ?? []);
    for (const address of service.ingress) {
      const pool = poolOf(service, address, context);
      if (pool === undefined) continue;
      addresses.push(planAddress(service, address, pool, own, context));
      ports.push(...forwardedPorts(service, parseAddress(address), own, snapshot.node));
    }
  }
  const ranges = snapshot.pools.flatMap(({ usable }) => usable);
  return { addresses, ranges, forwarding: forwardingTable(snapshot, ports) };
}

interface Context {
  readonly snapshot: Snapshot;
  readonly nodes: ReturnType<typeof eligibleNodes>;
  readonly owners: ReadonlyMap<string, { readonly uid: string; readonly pool: string }>;
}

function ownersByAddress({ allocations }: Snapshot): Context["owners"] {
  return new Map(allocations.map(({ address, service, pool }) => [address, { uid: service.uid, pool }]));
}

// An address in a status is announced if the record gives it to this Service, or, while there is no record, if it is in
// a pool: so a lost record withdraws nothing, and what another controller wrote is not ours to announce. A pool that is
// gone or not accepted announces on for those that hold its addresses.
function poolOf(service: ServiceIntent, text: string, { snapshot, owners }: Context): Pool | undefined {
  const owner = owners.get(text);
  if (owner !== undefined && owner.uid !== service.uid) return undefined;
  const address = parseAddress(text);
  const byRange = snapshot.pools.find(({ total }) => total.some((range) => rangeContains(range, address)));
  if (owner === undefined) return byRange;
  return snapshot.pools.find(({ name }) => name === owner.pool) ?? byRange ?? vanishedPool(owner.pool);
}

function vanishedPool(name: string): Pool {
  return { name, created: "", labels: {}, usable: [], total: [], autoAssign: false, advertise: "Auto" };
}

function planAddress(
  service: ServiceIntent,
  address: string,
  pool: Pool,
  endpoints: ServiceEndpoints,
  { snapshot, nodes }: Context,
): PlannedAddress {
  const planned = { address, service: `${service.namespace}/${service.name}`, serviceUid: service.uid };
  const self = snapshot.node;
  if (parseAddress(address).family === 6) {
    return { ...planned, nodes: new Set(), interfaces: [], refusal: { code: "FamilyNotAnnounced", family: 6 } };
  }
  const reach = reachOf(pool, service, snapshot.advertisements, snapshot.nodes, self);
  if ("code" in reach) return { ...planned, nodes: new Set(), interfaces: [], refusal: reach };
  const local = service.externalTrafficPolicy === "Local" ? endpoints.localNodes() : undefined;
  const serves = (node: string) => local === undefined || local.everywhere || local.nodes.has(node);
  const candidates = new Set([...reach.nodes].filter((node) => nodes.eligible.has(node) && serves(node)));
  const all = { ...planned, nodes: candidates, interfaces: reach.interfaces };
  if (candidates.has(self)) return all;
  const known = snapshot.nodes.some(({ name }) => name === self);
  const ofNode = known ? nodes.refusals.get(self) : ({ code: "NodeUnknown", node: self } as const);
  if (ofNode !== undefined) return { ...all, refusal: ofNode };
  if (!reach.nodes.has(self)) {
    return { ...all, refusal: { code: "NodeNotSelected", advertisements: reach.advertisements } };
  }
  return { ...all, refusal: { code: "NoLocalEndpoints", nodes: [...(local?.nodes ?? [])].sort() } };
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

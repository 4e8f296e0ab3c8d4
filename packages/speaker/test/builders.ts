import type { Allocation, Endpoint, L2Advertisement, NodeInfo, Pool, PortEndpoints, Service } from "@fairlead/model";
import { ANY_LINK, parseAddress, parseRange } from "@fairlead/net";
import type { Plan } from "../src/plan/plan.ts";
import type { Snapshot } from "../src/survey/snapshot.ts";

/** The address that {@link aService} has. */
export const VIP = "192.0.2.10";

/** Service default/web, of type LoadBalancer, TCP 80, policy Cluster, with the address {@link VIP}. */
export function aService(fields: Partial<Service> = {}): Service {
  return {
    namespace: "default",
    name: "web",
    uid: "uid-web",
    labels: {},
    created: "2026-01-01T00:00:00Z",
    wantsLoadBalancer: true,
    families: [4],
    familyPolicy: "SingleStack",
    request: { kind: "any" },
    addressesPerFamily: 1,
    statusWriter: undefined,
    ingress: [VIP],
    otherIngress: [],
    externalTrafficPolicy: "Cluster",
    sessionAffinity: "None",
    sourceRanges: [],
    ports: [{ name: "http", protocol: "TCP", port: 80 }],
    sharingKey: "",
    backend: "",
    allocated: undefined,
    reallocate: false,
    unknownAnnotations: [],
    ...fields,
  };
}

/** A node, Ready, without anything else. */
export function aNode(name: string, fields: Partial<NodeInfo> = {}): NodeInfo {
  const nothing = { labels: {}, internalAddresses: [], addresses: [], podRanges: [] };
  return { name, ready: true, networkUnavailable: false, ...nothing, ...fields };
}

/** Pool "lan" of 192.0.2.0/24, announced by itself. */
export function aPool(fields: Partial<Pool> = {}): Pool {
  const addresses = [parseRange("192.0.2.0/24")];
  return {
    name: "lan",
    created: "",
    labels: {},
    usable: addresses,
    total: addresses,
    avoidBuggyIPs: false,
    autoAssign: true,
    advertise: "Auto",
    coolDownMillis: 0,
    ...fields,
  };
}

/** An L2Advertisement of everything, everywhere. */
export function anAdvertisement(fields: Partial<L2Advertisement> = {}): L2Advertisement {
  return {
    name: "all",
    ipAddressPools: [],
    ipAddressPoolSelectors: [],
    nodeSelectors: [],
    serviceSelectors: [],
    links: ANY_LINK,
    preferredNodes: [],
    share: "None",
    ...fields,
  };
}

/** An endpoint at port 8080: ready on `nodeName`, or on no node if that is undefined. */
export function anEndpoint(address: string, nodeName?: string, fields: Partial<Endpoint> = {}): Endpoint {
  const state = { ready: true, serving: true };
  return {
    address: parseAddress(address),
    port: 8080,
    ...state,
    ...(nodeName !== undefined && { nodeName }),
    ...fields,
  };
}

/** Conditions of an endpoint that is terminating, but still serves. */
export const SERVING = { ready: false, serving: true, terminating: true } as const;
/** As {@link SERVING}, but it serves no more. */
export const GONE = { ready: false, serving: false, terminating: true } as const;

/** The endpoints of port "http" of default/web. */
export function endpointsOf(endpoints: readonly Endpoint[], fields: Partial<PortEndpoints> = {}): PortEndpoints {
  return { namespace: "default", service: "web", portName: "http", protocol: "TCP", endpoints, ...fields };
}

/** The record that gives {@link VIP} to the Services with these uids. */
export function anAllocation(uid: string, pool = "lan", ...sharers: string[]): Allocation {
  return {
    name: VIP,
    uid: "uid-record",
    version: "1",
    ip: parseAddress(VIP),
    address: VIP,
    pool,
    holders: [uid, ...sharers].map((each) => ({ namespace: "default", name: "web", uid: each })),
  };
}

/** Default/web with an endpoint on each of the nodes n1, n2 and n3, as n1 sees it; recorded, in pool "lan". */
export function aSnapshot(fields: Partial<Snapshot> = {}): Snapshot {
  const names = ["n1", "n2", "n3"];
  return {
    node: "n1",
    forwarding: "direct",
    classes: { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true },
    services: [aService()],
    endpoints: [endpointsOf(names.map((name, index) => anEndpoint(`10.244.${index + 1}.10`, name)))],
    nodes: names.map((name) => aNode(name)),
    pools: [aPool()],
    advertisements: [],
    allocations: [anAllocation("uid-web")],
    lost: new Set(),
    ...fields,
  };
}

/** What a plan has of each address, in order, from all of its tables. */
export function announced({ addresses, layer2, candidates }: Plan) {
  return Array.from(addresses, ([address, planned]) => {
    const { candidates: key = "", ...rest } = layer2.get(address) ?? {};
    return { address, ...planned, nodes: candidates.get(key) ?? new Map(), ...rest };
  });
}

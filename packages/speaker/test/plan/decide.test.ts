import type { AnnouncementRefusalCode } from "@fairlead/model";
import { ANY_LINK, parseRange } from "@fairlead/net";
import { expect } from "chai";
import { decide } from "../../src/plan/decide.ts";
import { EXCLUDE_LABEL } from "../../src/survey/nodes.ts";
import type { Snapshot } from "../../src/survey/snapshot.ts";
import {
  aNode,
  anAdvertisement,
  anAllocation,
  anEndpoint,
  announced,
  aPool,
  aService,
  aSnapshot,
  endpointsOf,
  GONE,
  SERVING,
  VIP,
} from "../builders.ts";

const LOCAL = aService({ externalTrafficPolicy: "Local" });
const ANYWHERE = { links: [[ANY_LINK]], weight: 0 };
const NODES = ["n1", "n2", "n3"];
/** The three nodes, n1 as told. */
const withN1 = (fields: Parameters<typeof aNode>[1]) => [aNode("n1", fields), aNode("n2"), aNode("n3")];
const rack = (value: string) => ({ nodeSelectors: [{ matchLabels: { rack: value }, matchExpressions: [] }] });

interface Row {
  readonly snapshot: Partial<Snapshot>;
  /** Nodes that may announce. */
  readonly nodes: readonly string[];
  readonly refusal: object;
}

/** One way to come to each refusal that is decided here; the rest are refusals of a link. */
const REFUSALS: Record<
  Exclude<AnnouncementRefusalCode, "NoInterface" | "LinkDown" | "AddressInUse" | "HoldDown">,
  Row
> = {
  NoAnnouncement: {
    snapshot: { pools: [aPool({ advertise: "Manual" })] },
    nodes: [],
    refusal: { code: "NoAnnouncement", pool: "lan" },
  },
  NodeUnknown: {
    snapshot: { nodes: [aNode("n2"), aNode("n3")] },
    nodes: ["n2", "n3"],
    refusal: { code: "NodeUnknown", node: "n1" },
  },
  NodeNotSelected: {
    snapshot: {
      nodes: [aNode("n1"), aNode("n2", { labels: { rack: "2" } })],
      advertisements: [anAdvertisement({ name: "rack-2", ...rack("2") })],
    },
    nodes: ["n2"],
    refusal: { code: "NodeNotSelected", advertisements: ["rack-2"] },
  },
  NodeNotReady: {
    snapshot: { nodes: withN1({ ready: false }) },
    nodes: ["n2", "n3"],
    refusal: { code: "NodeNotReady" },
  },
  NetworkUnavailable: {
    snapshot: { nodes: withN1({ networkUnavailable: true }) },
    nodes: ["n2", "n3"],
    refusal: { code: "NetworkUnavailable" },
  },
  NodeExcluded: {
    snapshot: { nodes: withN1({ labels: { [EXCLUDE_LABEL]: "" } }) },
    nodes: ["n2", "n3"],
    refusal: { code: "NodeExcluded", label: EXCLUDE_LABEL },
  },
  NoLocalEndpoints: {
    snapshot: {
      services: [LOCAL],
      endpoints: [
        endpointsOf([anEndpoint("10.0.0.3", "n3"), anEndpoint("10.0.0.2", "n2"), anEndpoint("10.0.0.1", "n1", GONE)]),
      ],
    },
    nodes: ["n2", "n3"],
    refusal: { code: "NoLocalEndpoints", nodes: ["n2", "n3"] },
  },
};

const IPV6: Partial<Snapshot> = {
  services: [aService({ ingress: ["2001:db8::10"] })],
  pools: [aPool({ total: [parseRange("2001:db8::/64")] })],
};

const planned = (snapshot: Partial<Snapshot>) => announced(decide(aSnapshot(snapshot)).plan);
const forwarded = (snapshot: Partial<Snapshot>) => decide(aSnapshot(snapshot)).forwarding;

describe("an address that is announced from", () => {
  it("all nodes when nothing is against it", () =>
    expect(planned({})).to.deep.equal([
      {
        address: VIP,
        services: [{ namespace: "default", name: "web", uid: "uid-web" }],
        nodes: new Map(NODES.map((node) => [node, ANYWHERE])),
      },
    ]));

  for (const [code, { snapshot, nodes, refusal }] of Object.entries(REFUSALS)) {
    it(`other nodes than this, which has the reason ${code}`, () => {
      const [address] = planned(snapshot);
      expect(address?.refusal).to.deep.equal(refusal);
      expect([...(address?.nodes.keys() ?? [])]).to.have.members(nodes);
    });
  }

  for (const { name, snapshot, nodes } of [
    {
      name: "all nodes when none is ready",
      snapshot: { nodes: NODES.map((n) => aNode(n, { ready: false })) },
      nodes: NODES,
    },
    {
      name: "a node that is not ready, when it is the only one that an advertisement selects",
      snapshot: {
        nodes: withN1({ ready: false, labels: { rack: "1" } }),
        advertisements: [anAdvertisement(rack("1"))],
      },
      nodes: ["n1"],
    },
    {
      name: "a node that is not ready, when it is the only one with an endpoint (policy Local)",
      snapshot: {
        services: [LOCAL],
        nodes: withN1({ ready: false }),
        endpoints: [endpointsOf([anEndpoint("10.0.0.1", "n1")])],
      },
      nodes: ["n1"],
    },
    {
      name: "a node that is not ready, when the ready ones are excluded",
      snapshot: {
        nodes: [aNode("n1", { ready: false }), aNode("n2", { labels: { [EXCLUDE_LABEL]: "" } })],
      },
      nodes: ["n1"],
    },
    { name: "all nodes when it is of IPv6, too", snapshot: IPV6, nodes: NODES },
    {
      name: "nodes with an endpoint of its own family (policy Local)",
      snapshot: {
        ...IPV6,
        services: [aService({ ingress: ["2001:db8::10"], externalTrafficPolicy: "Local" })],
        endpoints: [endpointsOf([anEndpoint("10.0.0.1", "n1"), anEndpoint("fd00::2", "n2")])],
      },
      nodes: ["n2"],
    },
    { name: "all nodes without any endpoint (policy Cluster)", snapshot: { endpoints: [] }, nodes: NODES },
    {
      name: "no node without any endpoint (policy Local)",
      snapshot: { services: [LOCAL], endpoints: [] },
      nodes: [],
    },
    {
      name: "all nodes when an endpoint runs on none (policy Local)",
      snapshot: { services: [LOCAL], endpoints: [endpointsOf([anEndpoint("203.0.113.1")])] },
      nodes: NODES,
    },
  ]) {
    it(name, () => expect([...(planned(snapshot)[0]?.nodes.keys() ?? [])]).to.have.members(nodes));
  }
});

describe("an address in the status of a Service", () => {
  const mine = [{ address: VIP, service: "default/web" }];
  const other = aService({ name: "other", uid: "uid-other" });

  for (const { name, snapshot, addresses } of [
    { name: "is announced if the record gives it to the Service", snapshot: {}, addresses: mine },
    { name: "is announced without a record, if it is in a pool", snapshot: { allocations: [] }, addresses: mine },
    {
      name: "is not announced if it is neither recorded nor in a pool",
      snapshot: { allocations: [], pools: [] },
      addresses: [],
    },
    { name: "is announced though the pool is gone, if it is recorded", snapshot: { pools: [] }, addresses: mine },
    {
      name: "is announced though its pool lost the range, if it is recorded",
      snapshot: { pools: [aPool({ usable: [], total: [parseRange("198.51.100.0/24")] })] },
      addresses: mine,
    },
    {
      name: "is not announced if the record gives it to another",
      snapshot: { allocations: [anAllocation("uid-x")] },
      addresses: [],
    },
    {
      name: "is announced for the Service that the record says, of two",
      snapshot: { services: [other, aService()] },
      addresses: mine,
    },
    {
      name: "is announced for the older of two Services without a record, whatever their order",
      snapshot: { allocations: [], services: [{ ...other, created: "2026-02-01T00:00:00Z" }, aService()] },
      addresses: mine,
    },
    {
      name: "is announced for the first by name of two of one age without a record",
      snapshot: { allocations: [], services: [aService(), { ...other, name: "a" }] },
      addresses: [{ address: VIP, service: "default/a" }],
    },
    {
      name: "is announced once though it is there twice",
      snapshot: { services: [aService({ ingress: [VIP, VIP] })] },
      addresses: mine,
    },
    {
      name: "is not announced for a Service of another type",
      snapshot: { services: [aService({ wantsLoadBalancer: false })] },
      addresses: [],
    },
    {
      name: "is not announced for a Service of another class",
      snapshot: { services: [aService({ loadBalancerClass: "example.com/other" })] },
      addresses: [],
    },
    {
      name: "is announced for the served one of two Services without a record",
      snapshot: { allocations: [], services: [{ ...other, created: "", wantsLoadBalancer: false }, aService()] },
      addresses: mine,
    },
  ]) {
    it(name, () => {
      const found = planned(snapshot).map(({ address, services: [{ namespace, name }] }) => ({
        address,
        service: `${namespace}/${name}`,
      }));
      expect(found).to.deep.equal(addresses);
    });
  }

  it("is announced by the rules of the pool that the record names", () => {
    const pools = [aPool({ name: "old", advertise: "Manual" }), aPool()];
    expect(planned({ pools, allocations: [anAllocation("uid-web", "old")] })[0]?.refusal?.code).to.equal(
      "NoAnnouncement",
    );
  });
});

describe("the forwarding of an address", () => {
  const endpointsFor = (snapshot: Partial<Snapshot>) => {
    const [port] = forwarded(snapshot).ports;
    return port?.endpoints.map(({ address, local }) => `${address.value & 0xffn}${local ? " here" : ""}`);
  };
  const endpoints = [
    endpointsOf([
      anEndpoint("10.0.0.1", "n1", SERVING),
      anEndpoint("10.0.0.2", "n2"),
      anEndpoint("10.0.0.3", "n3", GONE),
    ]),
  ];

  it("has apart those that are terminating, and says nothing where none is", () => {
    const [port] = forwarded({ endpoints }).ports;
    expect(port?.terminating?.map(({ address }) => Number(address.value & 0xffn))).to.deep.equal([1, 3]);
    const [calm] = forwarded({ endpoints: [endpointsOf([anEndpoint("10.0.0.2", "n2")])] }).ports;
    expect(calm).not.to.have.property("terminating");
  });

  for (const { name, snapshot, wanted } of [
    { name: "goes to every ready endpoint (policy Cluster)", snapshot: { endpoints }, wanted: ["2"] },
    {
      name: "goes to what still serves here too (policy Local): who asks here must be answered here",
      snapshot: { services: [LOCAL], endpoints },
      wanted: ["1 here", "2"],
    },
    {
      name: "takes an endpoint on no node for a near one (policy Local)",
      snapshot: { services: [LOCAL], endpoints: [endpointsOf([anEndpoint("203.0.113.1")])] },
      wanted: ["1 here"],
    },
    {
      name: "leaves out endpoints on a node that is lost (policy Cluster)",
      snapshot: {
        lost: new Set(["n2"]),
        endpoints: [endpointsOf([anEndpoint("10.0.0.2", "n2"), anEndpoint("10.0.0.3", "n3")])],
      },
      wanted: ["3"],
    },
    {
      name: "leaves them out for who asks from inside, and keeps its own (policy Local)",
      snapshot: {
        services: [LOCAL],
        lost: new Set(["n2"]),
        endpoints: [
          endpointsOf([anEndpoint("10.0.0.1", "n1"), anEndpoint("10.0.0.2", "n2"), anEndpoint("10.0.0.3", "n3")]),
        ],
      },
      wanted: ["1 here", "3"],
    },
    {
      name: "goes to the last endpoints, lost or not",
      snapshot: { lost: new Set(["n2"]), endpoints: [endpointsOf([anEndpoint("10.0.0.2", "n2")])] },
      wanted: ["2"],
    },
    {
      name: "leaves out endpoints of the other family",
      snapshot: { endpoints: [endpointsOf([anEndpoint("fd44::1", "n1")])] },
      wanted: [],
    },
    {
      name: "leaves out endpoints that Kubernetes forbids",
      snapshot: { endpoints: [endpointsOf([anEndpoint("127.0.0.1", "n1")])] },
      wanted: [],
    },
    {
      name: "leaves out endpoints of another namespace",
      snapshot: { endpoints: [endpointsOf([anEndpoint("10.0.0.1", "n1")], { namespace: "shop" })] },
      wanted: [],
    },
  ]) {
    it(name, () => expect(endpointsFor(snapshot)).to.deep.equal(wanted));
  }

  it("alone depends on which nodes are lost: candidates are the same on every node", () => {
    const snapshot = { services: [aService(), LOCAL] };
    const { plan, forwarding } = decide(aSnapshot({ ...snapshot, lost: new Set(["n2", "n3"]) }));
    const before = decide(aSnapshot(snapshot));
    expect(plan).to.deep.equal(before.plan);
    expect(forwarding).not.to.deep.equal(before.forwarding);
  });

  it("has a port for each port of each address, also where this node is no candidate", () => {
    const service = aService({
      ingress: [VIP, "192.0.2.11"],
      ports: [
        { name: "http", protocol: "TCP", port: 80, nodePort: 30080 },
        { name: "dns", protocol: "UDP", port: 53 },
      ],
    });
    const { ports } = forwarded({ services: [service], allocations: [], nodes: [] });
    expect(ports.map(({ protocol, port, nodePort }) => [protocol, port, nodePort])).to.deep.equal([
      ["TCP", 80, 30080],
      ["UDP", 53, undefined],
      ["TCP", 80, 30080],
      ["UDP", 53, undefined],
    ]);
  });

  it("knows the cluster's pod ranges and this node's own addresses", () => {
    const address = { family: 4, value: 0x0a000001n } as const;
    const nodes = [
      aNode("n1", { internalAddresses: [address, { family: 4, value: 9n }, { family: 6, value: 1n }] }),
      aNode("n2", { podRanges: [parseRange("10.244.2.0/24")], internalAddresses: [{ family: 4, value: 7n }] }),
    ];
    const { internal, nodeAddresses, mode } = forwarded({ nodes, forwarding: "nodePort" });
    expect({ internal, nodeAddresses, mode }).to.deep.equal({
      internal: [parseRange("10.244.2.0/24")],
      nodeAddresses: [address, { family: 6, value: 1n }],
      mode: "nodePort",
    });
  });
});

it("the links of every pool's usable addresses are to be joined early", () => {
  const usable = [parseRange("192.0.2.1-192.0.2.9")];
  const { addresses, ranges } = decide(aSnapshot({ pools: [aPool({ usable })], services: [] })).plan;
  expect([...addresses]).to.deep.equal([]);
  expect([...ranges.values()]).to.deep.equal(usable);
});

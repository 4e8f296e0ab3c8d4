import type { Endpoint } from "@fairlead/model";
import { formatAddress } from "@fairlead/net";
import { expect } from "chai";
import { ServiceEndpoints, usableEndpoints } from "../../src/survey/endpoints.ts";
import { anEndpoint, endpointsOf, GONE, SERVING } from "../builders.ts";

const addresses = (endpoints: readonly Endpoint[]) => endpoints.map(({ address }) => formatAddress(address));

const USABLE: readonly { readonly name: string; readonly endpoints: readonly Endpoint[]; readonly usable: string[] }[] =
  [
    { name: "none of none", endpoints: [], usable: [] },
    {
      name: "the ready ones, and no terminating one beside them",
      endpoints: [anEndpoint("10.0.0.1", "n1"), anEndpoint("10.0.0.2", "n2", SERVING)],
      usable: ["10.0.0.1"],
    },
    {
      name: "Y-24: those that still serve, when none is ready",
      endpoints: [anEndpoint("10.0.0.1", "n1", GONE), anEndpoint("10.0.0.2", "n2", SERVING)],
      usable: ["10.0.0.2"],
    },
    { name: "none that is neither", endpoints: [anEndpoint("10.0.0.1", "n1", GONE)], usable: [] },
  ];

const HERE = anEndpoint("10.0.0.1", "n1");
const THERE = anEndpoint("10.0.0.2", "n2");
const ENDING_HERE = anEndpoint("10.0.0.3", "n1", SERVING);
const ENDING_THERE = anEndpoint("10.0.0.4", "n2", SERVING);
const NOWHERE = anEndpoint("10.0.0.5");

/** With n2 lost. */
const USABLE_WITHOUT_N2 = [
  { name: "ready ones on other nodes", endpoints: [THERE, HERE, ENDING_HERE], usable: ["10.0.0.1"] },
  {
    name: "what still serves on other nodes, before ready ones on n2",
    endpoints: [THERE, ENDING_HERE],
    usable: ["10.0.0.3"],
  },
  { name: "those on no node", endpoints: [THERE, NOWHERE], usable: ["10.0.0.5"] },
  { name: "the last ones, though they are on n2", endpoints: [THERE, ENDING_THERE], usable: ["10.0.0.2"] },
  { name: "the last that serve, though they are on n2", endpoints: [ENDING_THERE], usable: ["10.0.0.4"] },
  { name: "none of none", endpoints: [], usable: [] },
] as const;

describe("usableEndpoints with a node that is lost", () => {
  for (const { name, endpoints, usable } of USABLE_WITHOUT_N2) {
    it(`takes ${name}`, () =>
      expect(addresses(usableEndpoints(endpoints, new Set(["n2", "n7"])))).to.deep.equal(usable));
  }
});

describe("usableEndpoints", () => {
  for (const { name, endpoints, usable } of USABLE) {
    it(`takes ${name}`, () => expect(addresses(usableEndpoints(endpoints))).to.deep.equal(usable));
  }
});

const LOCAL: readonly {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly nodes: readonly string[];
  readonly everywhere?: boolean;
}[] = [
  { name: "no node without endpoints", endpoints: [], nodes: [] },
  {
    name: "Y-23: nodes with a ready endpoint",
    endpoints: [anEndpoint("10.0.0.1", "n1"), anEndpoint("10.0.0.2", "n1"), anEndpoint("10.0.0.3", "n2", GONE)],
    nodes: ["n1"],
  },
  {
    name: "no node whose endpoint is terminating while another's is ready",
    endpoints: [anEndpoint("10.0.0.1", "n1", SERVING), anEndpoint("10.0.0.2", "n2")],
    nodes: ["n2"],
  },
  {
    name: "Y-24: nodes whose endpoints still serve while none is ready",
    endpoints: [anEndpoint("10.0.0.1", "n1", SERVING), anEndpoint("10.0.0.2", "n2", GONE)],
    nodes: ["n1"],
  },
  {
    name: "S-05: every node when an endpoint runs on none",
    endpoints: [anEndpoint("203.0.113.1"), anEndpoint("10.0.0.2", "n2")],
    nodes: ["n2"],
    everywhere: true,
  },
  {
    name: "no node for an endpoint that is not forwarded to",
    endpoints: [anEndpoint("127.0.0.1", "n1"), anEndpoint("10.0.0.2", "n2", SERVING)],
    nodes: ["n2"],
  },
  { name: "no node for an endpoint of the other family", endpoints: [anEndpoint("fd44::1", "n1")], nodes: [] },
];

describe("nodes that serve an IPv4 address from their own endpoints:", () => {
  for (const { name, endpoints, nodes, everywhere = false } of LOCAL) {
    it(name, () => {
      const local = new ServiceEndpoints([endpointsOf(endpoints)]).localNodes(4);
      expect(local).to.deep.equal({ nodes: new Set(nodes), everywhere });
    });
  }

  it("those with an endpoint of any port, from any slice", () => {
    const slices = [
      endpointsOf([anEndpoint("10.0.0.1", "n1")]),
      endpointsOf([anEndpoint("10.0.0.2", "n2")], { portName: "dns", protocol: "UDP" }),
    ];
    expect([...new ServiceEndpoints(slices).localNodes(4).nodes]).to.deep.equal(["n1", "n2"]);
  });
});

describe("the endpoints of a port", () => {
  const own = new ServiceEndpoints([
    endpointsOf([anEndpoint("10.0.0.1", "n1"), anEndpoint("169.254.0.1", "n1")]),
    endpointsOf([anEndpoint("10.0.0.2", "n2")]),
    endpointsOf([anEndpoint("10.0.0.3", "n3")], { protocol: "UDP" }),
    endpointsOf([anEndpoint("10.0.0.4", "n3")], { portName: "" }),
  ]);

  for (const [name, protocol, wanted] of [
    ["http", "TCP", ["10.0.0.1", "10.0.0.2"]],
    ["http", "UDP", ["10.0.0.3"]],
    ["", "TCP", ["10.0.0.4"]],
    ["https", "TCP", []],
  ] as const) {
    it(`are those of all slices with its name and protocol: ${JSON.stringify(name)} ${protocol}`, () =>
      expect(addresses(own.of(name, protocol))).to.deep.equal(wanted));
  }
});

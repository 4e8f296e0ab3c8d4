import { pool, service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { advertisement, type EndpointState, type NodeOptions } from "../manifests.ts";
import { DUAL_STACK, Site, VIP, VIP6 } from "../site.ts";

const EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers";
const LOCAL = { externalTrafficPolicy: "Local" };
const WEB = { kind: "Service", namespace: "default", name: "web" } as const;

/** One row of the reference: what is done to a cluster of three nodes, and who answers for 192.0.2.200 then. */
interface Row {
  /** Ids of test/reference, by commas. */
  readonly id: string;
  readonly says: string;
  /** What MetalLB does, where that differs. */
  readonly metallb?: string;
  readonly pool?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
  /** The node that answers; "one" for any; undefined for nobody. */
  readonly answers: string | undefined;
  /** The reasons of nodes that are no candidates, by node. */
  readonly refusals?: Readonly<Record<string, string>>;
  also?(site: Site): Promise<void>;
}

type Step = (site: Site) => void | Promise<void>;

const web =
  (
    spec: object = {},
    byNode?: Readonly<Record<string, EndpointState>>,
    annotations: Record<string, string> = {},
  ): Step =>
  async (site) => {
    const manifest = service("web", spec as Record<string, unknown>);
    site.cluster.apply({ ...manifest, metadata: { ...manifest.metadata, annotations } });
    site.endpoints("web", byNode ?? { n1: "ready", n2: "ready", n3: "ready" });
    await site.settle();
  };
const adv =
  (name: string, spec: Readonly<Record<string, unknown>> = {}): Step =>
  (site) =>
    void site.cluster.apply(advertisement(name, spec));
const node =
  (name: string, options: NodeOptions = {}): Step =>
  (site) =>
    site.node(name, options);
const on = (...names: string[]) => ({
  nodeSelectors: [{ matchExpressions: [{ key: "name", operator: "In", values: names }] }],
});
const prefer = (weight: number, name: string) => ({ weight, preference: { matchLabels: { name } } });
const named: Step = (site) => {
  for (const { name } of site.nodes) site.node(name, { labels: { name } });
};
const status =
  (ingress: readonly object[]): Step =>
  (site) => {
    const { uid = "" } = site.cluster.get(WEB)?.metadata ?? {};
    site.cluster.patchStatus(WEB, uid, { loadBalancer: { ingress } });
  };
const settle: Step = (site) => site.settle();

const ROWS: readonly Row[] = [
  {
    id: "Y-01",
    says: "a deleted Service is withdrawn",
    steps: [web(), (site) => site.cluster.delete(WEB)],
    answers: undefined,
  },
  { id: "Y-02", says: "so is one of another type", steps: [web(), web({ type: "ClusterIP" })], answers: undefined },
  {
    id: "Y-03, Y-04",
    says: "without a pool there is no address, and nothing to announce",
    steps: [(site) => site.cluster.delete({ kind: "IPAddressPool", name: "lan" }), web()],
    answers: undefined,
  },
  {
    id: "Y-05",
    says: "a host name in a status announces nothing",
    steps: [web({ loadBalancerClass: "example.com/other" }), status([{ hostname: "web.example.com" }])],
    answers: undefined,
  },
  {
    id: "Y-06",
    says: "an address in no pool is not announced",
    steps: [(site) => void site.cluster.apply(service("web")), status([{ ip: "192.0.2.99" }]), settle],
    answers: undefined,
    async also(site) {
      expect(await site.answering("192.0.2.99")).to.deep.equal([]);
    },
  },
  {
    id: "Y-07",
    says: "a Service that gets another address is answered for there, and no more at the old one",
    steps: [web(), web({}, undefined, { "fairlead.dev/loadBalancerIPs": "192.0.2.205" })],
    answers: undefined,
    async also(site) {
      expect(await site.answering("192.0.2.205")).to.have.length(1);
    },
  },
  {
    id: "Y-08, Y-21",
    says: "a node that may not announce says why",
    steps: [named, web(LOCAL, { n1: "ready" }), adv("some", on("n1", "n2"))],
    answers: "n1",
    refusals: { n2: "NoLocalEndpoints", n3: "NodeNotSelected" },
  },
  {
    id: "Y-09",
    says: "an owner is told of once in Events, not each time that something is looked at",
    metallb: "an Event on every reconcile",
    steps: [web(), node("n1", { labels: { any: "change" } }), settle, node("n2", { labels: { any: "change" } })],
    answers: "one",
    async also(site) {
      const events = site.cluster.list("Event").filter(({ reason }) => reason === "AddressAnnounced");
      expect(events).to.have.length(1);
      expect(events[0]?.count).to.equal(1);
    },
  },
  {
    id: "Y-10",
    says: "an address that its pool loses stays announced",
    metallb: "refuses the configuration",
    steps: [web(), (site) => void site.cluster.apply(pool("lan", { addresses: ["192.0.2.210/31"] }))],
    answers: "one",
  },
  {
    id: "Y-22",
    says: "candidates are the nodes with a network and without the exclude label that an advertisement selects",
    steps: [named, node("n1", { labels: { name: "n1", [EXCLUDE]: "" } }), adv("two", on("n1", "n2")), web()],
    answers: "n2",
    refusals: { n1: "NodeExcluded", n3: "NodeNotSelected" },
  },
  {
    id: "Y-25, E-220",
    says: "of equal nodes a hash of node and address decides, for each address by itself",
    metallb: "a Service's addresses of both families go to one node",
    pool: DUAL_STACK,
    steps: [
      web({ ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"], clusterIPs: ["10.96.0.1", "fd00::1"] }),
    ],
    answers: "one",
    async also(site) {
      expect(await site.answering(VIP6)).to.have.length(1);
    },
  },
  {
    id: "Y-27",
    says: "a node without the selected link is no candidate, and another one answers",
    metallb: "the winner announces nothing, and nobody takes over",
    steps: [adv("links", { interfaces: ["eth9"] }), adv("more", { interfaces: ["eth0"] }), web()],
    answers: "one",
  },
  {
    id: "Y-29",
    says: "a speaker that starts listens before it owns anything",
    metallb: "may announce all that it may for a moment",
    steps: [web(), (site) => site.pass(1_000)],
    answers: "one",
    async also(site) {
      const owner = await site.owner(VIP);
      for (const name of site.others(owner)) {
        await site.at(name).kill();
        await site.pass(1_000);
        site.at(name).start();
        for (let i = 0; i < 20; i++) expect(await site.answering(VIP)).to.deep.equal([owner]);
      }
    },
  },
  { id: "Y-80", says: "policy Cluster: any candidate may answer", steps: [web({}, { n3: "ready" })], answers: "one" },
  { id: "Y-81", says: "policy Local: one with an endpoint does", steps: [web(LOCAL, { n3: "ready" })], answers: "n3" },
  {
    id: "Y-93",
    says: "a cordoned node goes on",
    steps: [web(LOCAL, { n2: "ready" }), node("n2", { unschedulable: true })],
    answers: "n2",
  },
  {
    id: "E-174",
    says: "links that are named are the ones",
    steps: [adv("links", { interfaces: ["eth0"] }), web()],
    answers: "one",
  },
  {
    id: "E-177",
    says: "node selectors add up",
    steps: [
      named,
      adv("two", { nodeSelectors: [{ matchLabels: { name: "n1" } }, { matchLabels: { name: "n3" } }] }),
      web(),
    ],
    answers: "one",
    refusals: { n2: "NodeNotSelected" },
  },
  {
    id: "E-185",
    says: "an advertisement that selects the pool by name and by label counts once",
    steps: [
      named,
      adv("both", {
        ipAddressPools: ["lan"],
        ipAddressPoolSelectors: [{}],
        preferredNodeSelectors: [prefer(60, "n1")],
      }),
      adv("other", { preferredNodeSelectors: [prefer(100, "n2")] }),
      web(),
    ],
    answers: "n2",
  },
  {
    id: "E-202",
    says: "a node with two endpoints of which one is ready may answer",
    steps: [web(LOCAL, { n1: "gone" }), (site) => site.endpoints("web", { n1: "ready", n2: "gone" })],
    answers: "n1",
  },
  {
    id: "E-204",
    says: "an endpoint that is ready counts, whatever it says of serving",
    steps: [web(LOCAL, { n2: "ready", n1: "gone" })],
    answers: "n2",
  },
  {
    id: "E-205",
    says: "without any endpoint nobody answers under policy Local",
    steps: [web(LOCAL, {})],
    answers: undefined,
    refusals: { n1: "NoLocalEndpoints", n2: "NoLocalEndpoints", n3: "NoLocalEndpoints" },
  },
  {
    id: "E-205",
    says: "without any endpoint one answers under policy Cluster: clients are refused, not left waiting",
    metallb: "nobody announces",
    steps: [web({}, {})],
    answers: "one",
  },
  {
    id: "E-209",
    says: "policy Local: an endpoint that is not ready is none",
    steps: [web(LOCAL, { n1: "ready", n2: "gone" })],
    answers: "n1",
  },
  {
    id: "E-210",
    says: "an endpoint on one node and an advertisement for another: nobody",
    steps: [named, adv("only", on("n2")), web(LOCAL, { n1: "ready" })],
    answers: undefined,
    refusals: { n1: "NodeNotSelected", n2: "NoLocalEndpoints", n3: "NodeNotSelected" },
  },
  {
    id: "E-212",
    says: "a node with the exclude label is passed over; when all have it, nobody answers",
    steps: [web(), ...["n1", "n2", "n3"].map((name) => node(name, { labels: { [EXCLUDE]: "" } }))],
    answers: undefined,
    refusals: { n1: "NodeExcluded", n2: "NodeExcluded", n3: "NodeExcluded" },
  },
  {
    id: "E-214",
    says: "a Service that may share its address is announced although an advertisement selects Services",
    metallb: "not announced at all",
    steps: [adv("some", { serviceSelectors: [{}] }), web({}, undefined, { "fairlead.dev/allow-shared-ip": "k" })],
    answers: "one",
  },
  {
    id: "E-215",
    says: "so is one that may share, without selectors",
    steps: [adv("all"), web({}, undefined, { "fairlead.dev/allow-shared-ip": "k" })],
    answers: "one",
  },
  {
    id: "E-222",
    says: "policy Local: a preferred node without an endpoint is passed over",
    steps: [
      named,
      adv("preferred", { preferredNodeSelectors: [prefer(50, "n1"), prefer(20, "n3")] }),
      web(LOCAL, { n2: "ready", n3: "ready" }),
    ],
    answers: "n3",
  },
  {
    id: "E-224",
    says: "the next preferred node takes over from one that is lost, and keeps the address when that comes back",
    metallb: "the returning one takes it back at once",
    steps: [
      named,
      adv("preferred", { preferredNodeSelectors: [prefer(50, "n3"), prefer(20, "n1")] }),
      web(),
      (site) => site.at("n3").host.cut(),
      settle,
      (site) => site.at("n3").host.restore(),
      settle,
    ],
    answers: "n1",
  },
];

describe("the reference on Layer 2", () => {
  for (const row of ROWS) {
    const differs = row.metallb === undefined ? "" : ` (MetalLB: ${row.metallb})`;
    it(`${row.id}: ${row.says}${differs}`, async () => {
      const site = await Site.create(row.pool);
      try {
        await site.settle(); // all have warmed up
        for (const step of row.steps) await step(site);
        await site.settle();
        const answering = await site.answering(VIP);
        if (row.answers === "one") expect(answering).to.have.length(1);
        else expect(answering).to.deep.equal(row.answers === undefined ? [] : [row.answers]);
        if (row.refusals !== undefined) expect(site.refusals(VIP)).to.deep.equal(row.refusals);
        await row.also?.(site);
      } finally {
        await site.close();
      }
    });
  }
});

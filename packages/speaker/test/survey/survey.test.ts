import type { AnnouncementRefusalCode, L2Advertisement, LabelSelector, NodeInfo, Service } from "@fairlead/model";
import { parseRange } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { decide } from "../../src/plan/decide.ts";
import { EXCLUDE_LABEL } from "../../src/survey/nodes.ts";
import type { ClusterView } from "../../src/survey/snapshot.ts";
import { survey } from "../../src/survey/survey.ts";
import { aNode, anAdvertisement, anEndpoint, announced, aPool, aService, aSnapshot, endpointsOf } from "../builders.ts";

const match = (matchLabels: Record<string, string>): LabelSelector => ({ matchLabels, matchExpressions: [] });
const sameLabels = (selector: LabelSelector, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
const any = (selectors: readonly LabelSelector[], labels: Readonly<Record<string, string>>) =>
  selectors.length === 0 || selectors.some((selector) => sameLabels(selector, labels));

/** Which refusal a node has, as the documents say it: one node, one address, no memory. */
function expected(view: ClusterView, service: Service, name: string): AnnouncementRefusalCode | undefined {
  const [pool] = view.pools;
  const ready = view.nodes.filter((node) => node.ready && rule(view, service, node.name) === undefined);
  const own = rule(view, service, name);
  if (own !== undefined || pool === undefined) return own;
  const isReady = view.nodes.some((node) => node.name === name && node.ready);
  return isReady || ready.length === 0 ? undefined : "NodeNotReady";
}

/** The same, whether the node is ready or not. */
function rule(view: ClusterView, service: Service, name: string): AnnouncementRefusalCode | undefined {
  const [pool] = view.pools;
  const forPool = view.advertisements.filter(({ ipAddressPools }) => {
    return ipAddressPools.length === 0 || ipAddressPools.includes(pool?.name ?? "");
  });
  const matching = forPool.filter(({ serviceSelectors }) => any(serviceSelectors, service.labels));
  const isAuto = forPool.length === 0 && pool?.advertise === "Auto";
  if (!isAuto && matching.length === 0) return "NoAnnouncement";
  const node = view.nodes.find((one) => one.name === name);
  if (node === undefined) return "NodeUnknown";
  if (EXCLUDE_LABEL in node.labels) return "NodeExcluded";
  if (node.networkUnavailable) return "NetworkUnavailable";
  if (!isAuto && !matching.some(({ nodeSelectors }) => any(nodeSelectors, node.labels))) return "NodeNotSelected";
  if (service.externalTrafficPolicy === "Cluster") return undefined;
  const endpoints = view.endpoints.filter((each) => each.service === service.name).flatMap((each) => each.endpoints);
  return endpoints.some(({ nodeName }) => nodeName === name || nodeName === undefined) ? undefined : "NoLocalEndpoints";
}

const NODES = ["n1", "n2", "n3", "n4"] as const;
const node: fc.Arbitrary<Partial<NodeInfo>> = fc.record({
  ready: fc.boolean(),
  networkUnavailable: fc.nat(5).map((chance) => chance === 0),
  labels: fc.record({ rack: fc.constantFrom("1", "2") }).chain((labels) => {
    return fc
      .nat(5)
      .map((chance): Record<string, string> => (chance === 0 ? { ...labels, [EXCLUDE_LABEL]: "" } : labels));
  }),
});
const advertisement: fc.Arbitrary<Partial<L2Advertisement>> = fc.record({
  ipAddressPools: fc.constantFrom([], ["lan"], ["other"]),
  nodeSelectors: fc.constantFrom([], [match({ rack: "1" })], [match({ rack: "2" })], [match({ rack: "3" })]),
  serviceSelectors: fc.constantFrom([], [match({ app: "web" })]),
});
const service = fc.record({
  app: fc.constantFrom("web", "dns"),
  policy: fc.constantFrom("Cluster" as const, "Local" as const),
  on: fc.subarray([...NODES, undefined]),
});
const state = fc
  .record({
    nodes: fc.tuple(node, node, node),
    advertise: fc.constantFrom("Auto" as const, "Manual" as const),
    advertisements: fc.array(advertisement, { maxLength: 3 }),
    services: fc.array(service, { minLength: 1, maxLength: 4 }),
  })
  .map(({ nodes, advertise, advertisements, services }) =>
    aSnapshot({
      nodes: nodes.map((fields, i) => aNode(`n${i + 1}`, fields)),
      pools: [aPool({ advertise })],
      advertisements: advertisements.map((fields, i) => anAdvertisement({ name: `l2-${i}`, ...fields })),
      services: services.map(({ app, policy }, i) => {
        const name = `s${i}`;
        const ingress = [`192.0.2.${10 + i}`];
        return aService({ name, uid: name, labels: { app }, externalTrafficPolicy: policy, ingress });
      }),
      endpoints: services.map(({ on }, i) => {
        const endpoints = on.map((name, j) => anEndpoint(`10.244.${i}.${j + 1}`, name));
        return endpointsOf(endpoints, { service: `s${i}` });
      }),
      allocations: [],
    }),
  );

describe("a survey", () => {
  it("has of every node, and of every address, what the node alone would come to", () => {
    fc.assert(
      fc.property(state, (snapshot) => {
        const surveyed = survey(snapshot);
        for (const service of snapshot.services) {
          const [address = ""] = service.ingress;
          const layer2 = surveyed.get(address)?.layer2;
          for (const name of NODES) {
            expect(layer2?.refusal(name)?.code).to.equal(expected(snapshot, service, name));
            expect(layer2?.candidates.nodes.has(name)).to.equal(layer2?.refusal(name) === undefined);
          }
        }
      }),
    );
  });

  it("is the same on every node, and each plan is its part of it", () => {
    fc.assert(
      fc.property(state, (snapshot) => {
        const surveyed = survey(snapshot);
        for (const name of NODES) {
          for (const { address, nodes, refusal } of announced(decide({ ...snapshot, node: name }).plan)) {
            expect(nodes).to.deep.equal(surveyed.get(address)?.layer2.candidates.nodes);
            expect(refusal).to.deep.equal(surveyed.get(address)?.layer2.refusal(name));
          }
        }
      }),
    );
  });

  it("computes once what is the same for a thousand addresses of a thousand nodes", () => {
    const nodes = Array.from({ length: 1_000 }, (_, i) => aNode(`n${i}`));
    const services = Array.from({ length: 1_000 }, (_, i) => {
      const address = `192.0.${2 + (i >> 8)}.${i & 255}`;
      return aService({ name: address, uid: address, ingress: [address] });
    });
    const range = [parseRange("192.0.0.0/16")];
    const surveyed = survey(aSnapshot({ nodes, services, pools: [aPool({ total: range })], allocations: [] }));
    expect(surveyed.size).to.equal(1_000);
    expect(new Set(Array.from(surveyed.values(), ({ layer2 }) => layer2.candidates)).size).to.equal(1);
  });

  it("has a key for the candidates of an address that stays the same whoever is ready", () => {
    const keyOf = (ready: boolean) => {
      const surveyed = survey(aSnapshot({ nodes: [aNode("n1", { ready }), aNode("n2")] }));
      return [...surveyed.values()].map(({ layer2 }) => layer2.candidates.key);
    };
    expect(keyOf(true)).to.deep.equal(keyOf(false));
  });
});

import type { Change } from "@fairlead/controller";
import { MemoryCluster, MemoryStore, type RawObject } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import type { Survey } from "@fairlead/speaker";
import { Decider, type Decision } from "@fairlead/speaker/testing";
import { expect } from "chai";
import fc from "fast-check";
import { rehearseCluster } from "../src/rehearse-cluster.ts";

const CLASSES = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
const OPTIONS = { classes: CLASSES, now: Date.parse("2026-06-01T00:00:00Z") };
const EXCLUDED = { "node.kubernetes.io/exclude-from-external-load-balancers": "" };
const NODES = ["n1", "n2", "n3"] as const;

const web = (name: string, spec: object = {}) => service(name, { clusterIPs: ["10.96.0.1"], ...spec });
const node = (name: string, labels: object = {}, ready = "True"): RawObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels },
  status: { conditions: [{ type: "Ready", status: ready }] },
});
const slice = (name: string, on: readonly string[]): RawObject => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { namespace: "default", name: `${name}-1`, labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  ports: [{ name: "http", protocol: "TCP", port: 8080 }],
  endpoints: on.map((nodeName, i) => ({ addresses: [`10.244.0.${i + 1}`], nodeName, conditions: { ready: true } })),
});
const advertisement = (name: string, spec: object): RawObject => ({
  apiVersion: "fairlead.dev/v1beta1",
  kind: "L2Advertisement",
  metadata: { name },
  spec,
});

/** Of each address, in order, which nodes may announce it, and the reason of the one that is asked about. */
type Announced = readonly { readonly address: string; readonly nodes: readonly string[]; readonly reason: unknown }[];

function inOrder(found: Announced): Announced {
  return found.toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

function surveyed(survey: Survey, name: string): Announced {
  return inOrder(
    Array.from(survey, ([address, { layer2 }]) => {
      return { address, nodes: [...layer2.candidates.nodes.keys()], reason: layer2.refusal(name)?.code };
    }),
  );
}

/** What the speaker of a node decides on a cluster. */
async function decided(cluster: MemoryCluster, name: string): Promise<Announced> {
  const clock = new FakeClock();
  let last: Decision | undefined;
  const onDecision = (decision: Decision) => {
    last = decision;
  };
  const fixed = { node: name, forwarding: "direct", classes: CLASSES } as const;
  const decider = new Decider({ store: new MemoryStore(cluster), clock, log: new MemoryLog(), fixed, onDecision });
  decider.start();
  await clock.advance(1_000);
  await decider.stop();
  const { layer2 = new Map(), candidates = new Map() } = last?.plan ?? {};
  return inOrder(
    Array.from(layer2, ([address, { candidates: key, refusal }]) => {
      return { address, nodes: [...(candidates.get(key)?.keys() ?? [])], reason: refusal?.code };
    }),
  );
}

const base = [...NODES.map((name) => node(name)), pool("lan"), web("a"), slice("a", ["n1", "n2"])];

describe("a rehearsal of the whole cluster", () => {
  for (const { says, changes, before, after, why } of [
    {
      says: "a node is taken out",
      changes: [{ put: node("n2", EXCLUDED) }],
      before: ["n1", "n2", "n3"],
      after: ["n1", "n3"],
      why: "NodeExcluded",
    },
    {
      says: "a Service gets policy Local",
      changes: [{ put: web("a", { externalTrafficPolicy: "Local" }) }, { put: slice("a", ["n1"]) }],
      before: ["n1", "n2", "n3"],
      after: ["n1"],
      why: "NoLocalEndpoints",
    },
    {
      says: "a pool is announced from one rack",
      changes: [
        { put: node("n1", { rack: "1" }) },
        { put: advertisement("rack-1", { nodeSelectors: [{ matchLabels: { rack: "1" } }] }) },
      ],
      before: ["n1", "n2", "n3"],
      after: ["n1"],
      why: "NodeNotSelected",
    },
  ] satisfies { says: string; changes: Change[]; before: string[]; after: string[]; why: string }[]) {
    it(`says where addresses would be announced, and why not elsewhere, if ${says}`, async () => {
      const { outcome, otherwise } = await rehearseCluster(MemoryCluster.of(base), changes, OPTIONS);
      expect(surveyed(otherwise.survey, "n2")).to.deep.equal([
        { address: "192.0.2.0", nodes: before, reason: undefined },
      ]);
      expect(surveyed(outcome.survey, "n2")).to.deep.equal([{ address: "192.0.2.0", nodes: after, reason: why }]);
    });
  }

  it("says it of an address that a Service would get", async () => {
    const { outcome, differences } = await rehearseCluster(MemoryCluster.of(base), [{ put: web("b") }], OPTIONS);
    expect([...outcome.survey.keys()]).to.deep.equal(["192.0.2.0", "192.0.2.1"]);
    expect(differences.map(({ ref }) => ref.kind)).to.include.members(["Service", "IPAllocation"]);
  });

  it("is what every speaker decides on the cluster that comes out, whatever the change", async () => {
    const put = fc.oneof(
      fc.tuple(fc.constantFrom(...NODES), fc.boolean(), fc.constantFrom("True", "False")).map(([name, out, ready]) => {
        return node(name, out ? EXCLUDED : { rack: name }, ready);
      }),
      fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom("Local", "Cluster")).map(([name, externalTrafficPolicy]) => {
        return web(name, { externalTrafficPolicy });
      }),
      fc.tuple(fc.constantFrom("a", "b"), fc.subarray([...NODES])).map(([name, on]) => slice(name, on)),
      fc.constantFrom("Auto", "Manual").map((advertise) => pool("lan", { advertise })),
      fc.subarray([...NODES], { minLength: 1 }).map((racks) => {
        return advertisement("some", { nodeSelectors: racks.map((rack) => ({ matchLabels: { rack } })) });
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(put, { maxLength: 6 }), async (objects) => {
        const changes = objects.map((one) => ({ put: one }));
        const { outcome } = await rehearseCluster(MemoryCluster.of(base), changes, OPTIONS);
        for (const name of NODES) {
          expect(await decided(outcome.cluster, name)).to.deep.equal(surveyed(outcome.survey, name));
        }
      }),
    );
  });
});

import type { ForwardedPort } from "@fairlead/forwarding";
import { ANY_LINK, parseAddress, parseRange } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import type { Plan, PlannedAddress } from "../../src/plan/decide.ts";
import { PlanReceiver, PlanSender } from "../../src/plan/delta.ts";

/** What a plan of these addresses would be: `nodes` of an address, and `endpoints` of its one port. */
function plan(
  services: Readonly<Record<string, { nodes: string[]; endpoints: number }>>,
  range = "192.0.2.0/24",
): Plan {
  const addresses = Object.entries(services).map(([address, { nodes }]): PlannedAddress => {
    return {
      address,
      services: [{ namespace: "shop", name: "web", uid: "u1" }],
      nodes: new Map(nodes.map((node) => [node, { links: [[ANY_LINK]], weight: 0 }])),
    };
  });
  const ports = Object.entries(services).map(([address, { endpoints }]): ForwardedPort => {
    const local = { port: 8080, local: true };
    const to = Array.from({ length: endpoints }, (_, i) => ({ address: parseAddress(`10.244.0.${i + 1}`), ...local }));
    const fixed = { policy: "Cluster", affinity: "None", sourceRanges: [] } as const;
    return { vip: parseAddress(address), protocol: "TCP", port: 80, ...fixed, endpoints: to };
  });
  const forwarding = { mode: "direct", ports, internal: [], nodeAddresses: [] } as const;
  return { addresses, ranges: [parseRange(range)], nodes: new Map(), forwarding };
}

describe("a plan in deltas", () => {
  it("says nothing when nothing changed", () => {
    const sender = new PlanSender();
    sender.advance(plan({ "192.0.2.1": { nodes: ["n1"], endpoints: 1 } }));
    expect(sender.advance(plan({ "192.0.2.1": { nodes: ["n1"], endpoints: 1 } }))).to.equal(undefined);
  });

  it("says only what changed", () => {
    const sender = new PlanSender();
    const two = { "192.0.2.1": { nodes: ["n1"], endpoints: 1 }, "192.0.2.2": { nodes: ["n1"], endpoints: 1 } };
    sender.advance(plan(two));
    const delta = sender.advance(plan({ ...two, "192.0.2.2": { nodes: ["n1"], endpoints: 2 } }));
    expect([...(delta?.addresses.put.keys() ?? [])]).to.deep.equal([]);
    expect([...(delta?.ports.put.keys() ?? [])]).to.deep.equal(["192.0.2.2 TCP 80"]);
  });

  it("says when only the ranges changed", () => {
    const sender = new PlanSender();
    sender.advance(plan({}));
    expect(sender.advance(plan({}, "198.51.100.0/24"))?.rest.ranges).to.deep.equal([parseRange("198.51.100.0/24")]);
  });

  it("keeps the objects of what did not change", () => {
    const [sender, receiver] = [new PlanSender(), new PlanReceiver()];
    const follow = (next: Plan) => receiver.take(structuredClone(sender.advance(next)) ?? expect.fail("no delta"));
    const before = follow(plan({ "192.0.2.1": { nodes: ["n1"], endpoints: 1 } }));
    const one = { nodes: ["n1"], endpoints: 1 };
    const after = follow(plan({ "192.0.2.1": one, "192.0.2.2": one }));
    expect(after.forwarding.ports[0]).to.equal(before.forwarding.ports[0]);
    expect(after.addresses[0]).to.equal(before.addresses[0]);
  });

  it("comes out as it went in, whatever the history", () => {
    const services = fc.dictionary(
      fc.integer({ min: 1, max: 6 }).map((host) => `192.0.2.${host}`),
      fc.record({ nodes: fc.subarray(["n1", "n2"]), endpoints: fc.integer({ min: 0, max: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(services, { maxLength: 8 }), (history) => {
        const [sender, receiver] = [new PlanSender(), new PlanReceiver()];
        let last: Plan | undefined;
        for (const next of history) {
          const delta = sender.advance(plan(next));
          if (delta !== undefined) last = receiver.take(structuredClone(delta));
          expect(sorted(last)).to.deep.equal(sorted(plan(next)));
        }
      }),
    );
  });
});

// The order of entries may differ: a changed one keeps its place.
function sorted(of: Plan | undefined) {
  const addresses = [...(of?.addresses ?? [])].sort((a, b) => (a.address < b.address ? -1 : 1));
  const ports = [...(of?.forwarding.ports ?? [])].sort((a, b) => (a.vip.value < b.vip.value ? -1 : 1));
  return { addresses, ports, ranges: of?.ranges };
}

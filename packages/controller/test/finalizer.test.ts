import type { RawObject } from "@fairlead/kube";
import { CLEANUP_FINALIZER } from "@fairlead/model";
import { expect } from "chai";
import { Replica, World } from "./world.ts";

const START = Date.parse("2026-06-01T00:00:00Z");
const VIP = "192.0.2.0";

describe("the finalizer", () => {
  let world: World;
  let seconds: number;
  beforeEach(() => {
    seconds = 0;
    world = new World();
    world.pool("lan", "192.0.2.0/30");
    world.service("a");
  });

  const now = () => new Date(START + seconds * 1000).toISOString();
  const has = (name: string) => {
    return ((world.get(name).metadata.finalizers as string[] | undefined) ?? []).includes(CLEANUP_FINALIZER);
  };
  const isThere = (name: string) => world.cluster.get({ kind: "Service", namespace: "default", name }) !== undefined;
  async function settle(finalizer: boolean, passed = 0): Promise<Replica> {
    seconds += passed;
    const replica = new Replica(world.cluster, { finalizer });
    replica.now = now();
    await replica.settle();
    return replica;
  }
  /** The speaker of a node says that it answers for these. */
  function says(node: string, ...addresses: string[]): void {
    const status = { lastSeen: now(), layer2: { addresses: addresses.map((address) => ({ address })) } };
    const object: RawObject = { apiVersion: "fairlead.dev/v1beta1", kind: "SpeakerStatus", metadata: { name: node } };
    const ref = { kind: "SpeakerStatus", name: node } as const;
    const { metadata } = world.cluster.get(ref) ?? world.cluster.create(object);
    world.cluster.patchStatus(ref, metadata.uid ?? "", status);
  }

  it("is on every Service with an address, and on no other", async () => {
    world.service("b", {}, { annotations: { "fairlead.dev/address-pool": "none" } });
    world.service("c", { type: "ClusterIP" });
    await settle(true);
    expect([has("a"), has("b"), has("c")]).to.deep.equal([true, false, false]);
  });

  it("is put together with the address: nobody sees one without the other", async () => {
    const seen: boolean[] = [];
    world.cluster.subscribe(({ object }) => {
      if (object.kind === "Service") seen.push(has("a") === (world.statuses.a?.length === 1));
    });
    await settle(true);
    expect(seen).to.not.include(false).and.not.have.length(0);
  });

  it("is on no Service without the option", async () => {
    await settle(false);
    expect(has("a")).to.equal(false);
    world.deleteService("a");
    await settle(false);
    expect(world.records).to.deep.equal({});
  });

  it("comes to Services that are there when it is switched on, and goes when it is switched off", async () => {
    await settle(false);
    await settle(true);
    expect(has("a")).to.equal(true);
    const replica = await settle(false);
    expect(has("a")).to.equal(false);
    expect(world.statuses).to.deep.equal({ a: [VIP] });
    expect(replica.idle).to.equal(true);
  });

  for (const on of [true, false]) {
    it(`keeps a deleted Service and its record while a node answers, with the option ${on ? "on" : "off"}`, async () => {
      await settle(true);
      says("n1", VIP);
      world.deleteService("a");
      const replica = await settle(on);
      expect(world.statuses, "withdrawn").to.deep.equal({ a: [] });
      expect(world.reason("a")).to.equal("Withdrawing");
      expect(world.records, "held").to.deep.equal({ [VIP]: "a" });
      expect(replica.plan().againInMillis).to.equal(10_000);
      await settle(on, 5);
      expect(isThere("a")).to.equal(true);
      says("n1");
      await settle(on);
      expect(isThere("a")).to.equal(false);
      expect(world.records, "free").to.deep.equal({});
    });
  }

  it("goes after the record, not before", async () => {
    await settle(true);
    world.deleteService("a");
    await settle(true);
    const removed: string[] = [];
    world.cluster.subscribe(({ type, kind }) => {
      if (type === "removed") removed.push(kind);
    });
    await settle(true, 5);
    expect(removed).to.deep.equal(["IPAllocation", "Service"]);
  });

  it("waits for no node longer than 10 s, and names it", async () => {
    await settle(true);
    says("n1", VIP);
    world.deleteService("a");
    await settle(true);
    const { log } = await settle(true, 10);
    expect(isThere("a")).to.equal(false);
    const [line] = log.lines.filter(({ level }) => level === "warn");
    expect(line?.fields).to.deep.include({ service: "default/a", nodes: ["n1"] });
  });

  it("gives the address to nobody else before", async () => {
    await settle(true);
    says("n1", VIP);
    world.deleteService("a");
    world.service("b", {}, { annotations: { "fairlead.dev/loadBalancerIPs": VIP } });
    await settle(true);
    expect(world.reason("b")).to.equal("AddressTaken");
    await settle(true, 10);
    expect(world.statuses).to.deep.equal({ b: [VIP] });
  });

  it("leaves an address reserved that an IPClaim keeps", async () => {
    world.cluster.apply({
      apiVersion: "fairlead.dev/v1beta1",
      kind: "IPClaim",
      metadata: { namespace: "default", name: "x" },
      spec: { serviceName: "a" },
    });
    await settle(true);
    world.deleteService("a");
    await settle(true);
    expect(world.records).to.deep.equal({ [VIP]: "a for x" });
    await settle(true, 5);
    expect(isThere("a")).to.equal(false);
    expect(world.records).to.deep.equal({ [VIP]: "for x" });
  });

  it("leaves an address to cool down", async () => {
    world.cluster.apply({
      apiVersion: "fairlead.dev/v1beta1",
      kind: "IPAddressPool",
      metadata: { name: "lan" },
      spec: { addresses: ["192.0.2.0/30"], coolDownSeconds: 60 },
    });
    await settle(true);
    world.deleteService("a");
    await settle(true);
    await settle(true, 5);
    expect(isThere("a")).to.equal(false);
    expect(world.records).to.deep.equal({ [VIP]: "(a)" });
  });

  it("goes from a Service whose type is changed, and comes back with the address", async () => {
    await settle(true);
    world.service("a", { type: "ClusterIP" });
    await settle(true);
    expect(has("a")).to.equal(true);
    await settle(true, 5);
    expect(has("a")).to.equal(false);
    expect(world.reason("a")).to.equal("NotServed");
    world.service("a");
    await settle(true);
    expect([has("a"), world.statuses.a]).to.deep.equal([true, [VIP]]);
  });

  it("lets a Service that is served again at once keep its address", async () => {
    await settle(true);
    world.service("a", { type: "ClusterIP" });
    await settle(true);
    world.service("b");
    world.service("a");
    await settle(true);
    expect(world.statuses).to.deep.equal({ a: [VIP], b: ["192.0.2.1"] });
    expect(has("a")).to.equal(true);
  });

  it("that another put is left alone, and nothing is written again and again", async () => {
    world.service("a", {}, { finalizers: [CLEANUP_FINALIZER] });
    const replica = await settle(true);
    expect(replica.idle).to.equal(true);
    world.deleteService("a");
    await settle(true);
    await settle(true, 60);
    expect([isThere("a"), has("a")]).to.deep.equal([true, true]);
    expect(world.records, "the address is free all the same").to.deep.equal({});
  });

  for (const verb of ["delete", "patchStatus"] as const) {
    for (const when of ["failBefore", "failAfter"] as const) {
      it(`goes though a controller died at its end: ${verb} ${when}`, async () => {
        await settle(true);
        world.deleteService("a");
        await settle(true);
        seconds += 5;
        const dying = new Replica(world.cluster, { finalizer: true });
        dying.now = now();
        await dying.crash((call) => call.verb === verb, when);
        await settle(false, 60);
        expect(isThere("a")).to.equal(false);
        expect(world.records).to.deep.equal({});
      });
    }
  }
});

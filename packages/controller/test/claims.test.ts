import { ANNOTATIONS } from "@fairlead/kube";
import { expect } from "chai";
import { Replica, World } from "./world.ts";

const metadata = { annotations: { [ANNOTATIONS.allowSharedIP]: "k", [ANNOTATIONS.loadBalancerIPs]: "192.0.2.0" } };
const port = (number: number) => ({ ports: [{ name: "p", protocol: "TCP", port: number }] });

describe("a shared address and two controllers that act at once", () => {
  let world: World;
  let left: Replica;
  let right: Replica;
  beforeEach(async () => {
    world = new World();
    world.pool("lan", "192.0.2.0/30");
    world.service("a", port(80), metadata);
    await new Replica(world.cluster).settle();
    left = new Replica(world.cluster);
    right = new Replica(world.cluster);
    left.store.holdEvents = true;
    right.store.holdEvents = true;
  });

  it("goes to one of two Services of one port, whoever sees which", async () => {
    world.service("b", port(443), metadata);
    left.store.deliver();
    world.deleteService("b");
    world.service("c", port(443), metadata);
    right.store.deliver();
    world.service("b", port(443), metadata);
    const late = new Replica(world.cluster);
    late.store.holdEvents = true;
    await right.step();
    await late.step();
    expect([world.statuses.b, world.statuses.c]).to.deep.equal([[], ["192.0.2.0"]]);
  });

  it("is not freed by one while the other lets a Service join", async () => {
    world.deleteService("a");
    left.store.deliver();
    world.service("b", port(443), metadata);
    // It has heard of the new Service, and not that the old one is gone.
    right.store.deliverKind("IPAllocation");
    const late = new Replica(world.cluster);
    await Promise.all([left.step(), late.step()]);
    await late.settle();
    expect(world.statuses).to.deep.equal({ b: ["192.0.2.0"] });
    expect(world.records).to.deep.equal({ "192.0.2.0": "b" });
  });
});

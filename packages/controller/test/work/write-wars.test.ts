import { DEFAULT_LEASE_TIMING, MemoryStore } from "@fairlead/kube";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Controller } from "../../src/controller.ts";
import { World } from "../world.ts";

/** Another controller that writes its own address whenever it sees another. */
class Rival {
  writes = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  act(): void {
    const { status } = this.#world.get("web") as unknown as {
      status: { loadBalancer?: { ingress?: { ip: string }[] } };
    };
    if (status.loadBalancer?.ingress?.[0]?.ip === "203.0.113.9") return;
    this.#world.ingress("web", "203.0.113.9");
    this.#world.writtenBy("web", "rival");
    this.writes += 1;
  }
}

describe("another controller that keeps overwriting a status", () => {
  let clock: FakeClock;
  let world: World;
  let log: MemoryLog;
  let rival: Rival;
  beforeEach(async () => {
    [clock, world, log] = [new FakeClock(), new World(), new MemoryLog()];
    rival = new Rival(world);
    world.pool("lan", "192.0.2.0/30");
    world.service("web");
    const controller = new Controller({
      store: new MemoryStore(world.cluster),
      clock,
      log,
      classes: { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true },
      identity: "replica",
      namespace: "fairlead-system",
      leaseTiming: DEFAULT_LEASE_TIMING,
    });
    controller.start();
    await clock.advance(1_000);
    expect(world.statuses).to.deep.equal({ web: ["192.0.2.0"] });
  });
  const rounds = async (count: number) => {
    for (let i = 0; i < count; i++) {
      rival.act();
      await clock.advance(2_000);
    }
  };

  it("is corrected twice, then named, and the war is over", async () => {
    await rounds(10);
    expect(rival.writes).to.equal(3);
    expect(world.statuses).to.deep.equal({ web: ["203.0.113.9"] });
    expect(world.reason("web")).to.equal("WriteWar");
    expect(world.condition("web")?.message).to.contain('"rival"');
    expect(world.records).to.deep.equal({ "192.0.2.0": "web" });
  });

  it("is corrected again after ten minutes", async () => {
    await rounds(10);
    await clock.advance(600_000);
    expect(world.statuses).to.deep.equal({ web: ["192.0.2.0"] });
    expect(world.reason("web")).to.equal("Allocated");
  });

  it("is corrected each time if it seldom does so", async () => {
    for (let i = 0; i < 5; i++) {
      rival.act();
      await clock.advance(40_000);
    }
    expect(world.statuses).to.deep.equal({ web: ["192.0.2.0"] });
    expect(world.reason("web")).to.equal("Allocated");
  });

  it("does not stop other Services", async () => {
    await rounds(4);
    world.service("api");
    await clock.advance(1_000);
    expect(world.statuses.api).to.deep.equal(["192.0.2.1"]);
  });
});

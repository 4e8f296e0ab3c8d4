import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import type { Announcer } from "../src/announce/announcer.ts";
import { decide } from "../src/plan/decide.ts";
import type { Plan } from "../src/plan/plan.ts";
import { Speaker } from "../src/speaker.ts";
import { MemoryAnnouncer } from "../src/testing/memory-announcer.ts";
import { aNode, aService, aSnapshot, VIP } from "./builders.ts";

const OTHER = "192.0.2.11";

function planOf(...addresses: string[]): Plan {
  const services = addresses.map((address) => aService({ name: address, uid: address, ingress: [address] }));
  return decide(aSnapshot({ nodes: [aNode("n1")], services, allocations: [] })).plan;
}

/** Two ways to announce, each in memory, and a node that forwards when it is let. */
class Bench {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  /** "forwards A" and "first announces A", in order. */
  readonly journal: string[] = [];
  readonly first = new MemoryAnnouncer("n1", () => this.#write("first", this.first));
  readonly second = new MemoryAnnouncer("n1", () => this.#write("second", this.second));
  readonly effects: [Plan, Plan | undefined][] = [];
  readonly speaker: Speaker;
  forward: () => Promise<void> = async () => {};

  constructor(announcers?: readonly Announcer[]) {
    this.speaker = new Speaker({
      announcers: announcers ?? [this.first, this.second],
      clock: this.clock,
      log: this.log,
      onEffect: (...plans) => this.effects.push(plans),
    });
  }

  async follow(plan: Plan): Promise<void> {
    this.speaker.follow(plan, async () => {
      await this.forward();
      this.journal.push(`forwards ${plan.addresses.size}`);
    });
    await this.clock.advance(10);
  }

  #write(name: string, { announced }: MemoryAnnouncer): void {
    const line = `${name} announces ${announced.size}`;
    const [before] = this.journal.filter((each) => each.startsWith(name)).slice(-1);
    if (before !== line) this.journal.push(line);
  }
}

describe("Speaker", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.speaker.stop());

  it("forwards first, and has every way announce then", async () => {
    await bench.follow(planOf(VIP));
    expect(bench.journal).to.deep.equal([
      "first announces 0",
      "second announces 0",
      "forwards 1",
      "first announces 1",
      "second announces 1",
    ]);
  });

  it("has every way withdraw first, and stops forwarding then", async () => {
    await bench.follow(planOf(VIP, OTHER));
    bench.journal.length = 0;
    await bench.follow(planOf(OTHER));
    expect(bench.journal).to.deep.equal(["first announces 1", "second announces 1", "forwards 1"]);
  });

  it("keeps what is announced while a change cannot be forwarded, announces no more than is forwarded, and tries again", async () => {
    await bench.follow(planOf(VIP));
    bench.forward = () => Promise.reject(new Error("no nft"));
    await bench.follow(planOf(VIP, OTHER));
    expect([...bench.first.announced]).to.deep.equal([VIP]);
    expect(bench.speaker.inEffect?.addresses.size).to.equal(1);
    bench.forward = async () => {};
    await bench.clock.advance(10_000);
    expect([...bench.first.announced]).to.deep.equal([VIP, OTHER]);
  });

  it("says which plan is in effect, and which was", async () => {
    const [one, two] = [planOf(VIP), planOf(VIP, OTHER)];
    expect(bench.speaker.inEffect).to.equal(undefined);
    await bench.follow(one);
    await bench.follow(two);
    expect(bench.speaker.inEffect).to.equal(two);
    expect(bench.effects).to.deep.equal([
      [one, undefined],
      [two, one],
    ]);
  });

  it("has every way stop when it stops, and leaves the forwarding", async () => {
    await bench.follow(planOf(VIP));
    bench.journal.length = 0;
    await bench.speaker.stop();
    expect(bench.journal).to.deep.equal(["first announces 0", "second announces 0"]);
  });
});

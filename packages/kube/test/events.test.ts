import { FaultyStore } from "@fairlead/kube/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import fc from "fast-check";
import { type EventNote, EventRecorder, eventObject, recordEvent } from "../src/events.ts";
import { MemoryStore } from "../src/memory/memory-store.ts";
import { StoreError } from "../src/ports.ts";

const COMPONENT = "fairlead-controller";
const NOW = "2026-01-01T00:00:00Z";
const NOTE: EventNote = {
  object: { kind: "Service", namespace: "shop", name: "web" },
  uid: "u1",
  type: "Normal",
  reason: "Allocated",
  message: "192.0.2.1 from IPAddressPool lan",
};
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const nameOf = (note: EventNote) => eventObject(note, COMPONENT, NOW).metadata.name;

describe("eventObject", () => {
  it("lies in the namespace of its object and refers to it", () => {
    const event = eventObject(NOTE, COMPONENT, NOW);
    expect(event.metadata.namespace).to.equal("shop");
    expect(event.involvedObject).to.deep.equal({
      apiVersion: "v1",
      kind: "Service",
      namespace: "shop",
      name: "web",
      uid: "u1",
    });
  });

  it("lies in the namespace default for a cluster-scoped object", () => {
    const pool = { ...NOTE, object: { kind: "IPAddressPool", name: "lan" } } as const;
    expect(eventObject(pool, COMPONENT, NOW).metadata.namespace).to.equal("default");
  });

  it("has one name for equal notes", () => expect(nameOf({ ...NOTE })).to.equal(nameOf(NOTE)));

  for (const change of [{ uid: "u2" }, { reason: "PoolFull" }, { message: "another" }]) {
    it(`has another name for another ${Object.keys(change)}`, () =>
      expect(nameOf({ ...NOTE, ...change })).to.not.equal(nameOf(NOTE)));
  }

  it("has a legal name, whatever the object is called", () => {
    const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    const names = fc.array(label, { minLength: 1, maxLength: 20 }).map((labels) => labels.join("."));
    const legal = names.filter((name) => name.length <= 253);
    fc.assert(
      fc.property(legal, (name) => {
        const event = nameOf({ ...NOTE, object: { kind: "Node", name } });
        expect(event).to.match(SUBDOMAIN).and.have.length.at.most(253);
      }),
    );
    expect(nameOf({ ...NOTE, object: { kind: "Node", name: "n".repeat(253) } })).to.have.length.at.most(253);
  });
});

describe("recordEvent", () => {
  it("writes an Event", async () => {
    const store = new MemoryStore();
    await recordEvent(store, eventObject(NOTE, COMPONENT, NOW));
    expect(store.cluster.list("Event").map(({ count, message }) => ({ count, message }))).to.deep.equal([
      { count: 1, message: NOTE.message },
    ]);
  });

  it("raises the count and the time of the equal Event that is there", async () => {
    const store = new MemoryStore();
    await recordEvent(store, eventObject(NOTE, COMPONENT, NOW));
    await recordEvent(store, eventObject(NOTE, COMPONENT, "2026-01-01T00:01:00Z"));
    expect(
      store.cluster
        .list("Event")
        .map(({ count, firstTimestamp, lastTimestamp }) => [count, firstTimestamp, lastTimestamp]),
    ).to.deep.equal([[2, NOW, "2026-01-01T00:01:00Z"]]);
  });

  it("passes on what the store refuses", async () => {
    const store = new FaultyStore();
    store.failBefore = () => new StoreError("Forbidden", "no");
    const outcome = await recordEvent(store, eventObject(NOTE, COMPONENT, NOW)).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(StoreError).with.property("reason", "Forbidden");
  });
});

describe("EventRecorder", () => {
  function recorder() {
    const store = new MemoryStore();
    const clock = new FakeClock();
    const events = new EventRecorder({ store, component: COMPONENT, clock, log: new MemoryLog() });
    const note = (message: string) => events.note({ ...NOTE, message });
    const written = () => store.cluster.list("Event").length;
    return { clock, events, note, written };
  }

  it("writes a burst at once, and the rest at ten a second", async () => {
    const { clock, note, written } = recorder();
    for (let i = 0; i < 40; i++) note(`note ${i}`);
    await clock.advance(0);
    expect(written()).to.equal(25);
    await clock.advance(1_000);
    expect(written()).to.equal(35);
    await clock.advance(1_000);
    expect(written()).to.equal(40);
  });

  it("may burst again after a pause", async () => {
    const { clock, note, written } = recorder();
    for (let i = 0; i < 25; i++) note(`first ${i}`);
    await clock.advance(5_000);
    for (let i = 0; i < 25; i++) note(`second ${i}`);
    await clock.advance(0);
    expect(written()).to.equal(50);
  });

  it("drops the oldest of a flood", async () => {
    const { clock, note, written } = recorder();
    for (let i = 0; i < 3_000; i++) note(`note ${i}`);
    await clock.advance(200_000);
    expect(written()).to.equal(1_025);
  });

  it("writes nothing after it was stopped", async () => {
    const { clock, events, note, written } = recorder();
    for (let i = 0; i < 40; i++) note(`note ${i}`);
    await clock.advance(0);
    events.stop();
    note("late");
    await clock.advance(10_000);
    expect(written()).to.equal(25);
    expect(clock.pending).to.equal(0);
  });
});

import { MemoryCluster, MemoryStore, type ObjectSink, StoreError, type WatchedKind } from "@fairlead/kube";
import { FaultyStore, pool, service } from "@fairlead/kube/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Decider } from "../src/decider.ts";
import type { Decision } from "../src/plan/decide.ts";
import { SPEAKER_KINDS } from "../src/survey/snapshot.ts";

const REF = { kind: "SpeakerStatus", name: "n1" } as const;
const SECOND = 1_000;
const owning = (owned: number) => ({ layer2: { owned } });
const unavailable = () => new StoreError("Unavailable", "the API server is away");

/** A store that fills nothing by itself. */
class EmptyStore extends MemoryStore {
  sink: ObjectSink | undefined;

  override watch(_kinds: readonly WatchedKind[], sink: ObjectSink): void {
    this.sink = sink;
  }
}

describe("Decider", () => {
  let clock: FakeClock;
  let cluster: MemoryCluster;
  let decisions: Decision[];
  let deciders: Decider[];
  beforeEach(() => {
    clock = new FakeClock();
    cluster = new MemoryCluster();
    decisions = [];
    deciders = [];
  });
  afterEach(async () => {
    for (const decider of deciders) await decider.stop();
  });

  const start = <S extends MemoryStore>(store: S): { store: S; decider: Decider } => {
    const classes = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
    const fixed = { node: "n1", forwarding: "direct", classes } as const;
    const onDecision = (decision: Decision) => decisions.push(decision);
    const decider = new Decider({ store, clock, log: new MemoryLog(), fixed, onDecision });
    deciders.push(decider);
    decider.start();
    return { store, decider };
  };
  /** What was written last, but for when. */
  const written = () => {
    const { lastSeen: _, ...status } = (cluster.get(REF)?.status ?? {}) as { lastSeen?: string };
    return status;
  };
  const lastSeen = () => (cluster.get(REF)?.status as { lastSeen?: string } | undefined)?.lastSeen;

  it("decides nothing before every kind has been listed", async () => {
    const { store } = start(new EmptyStore(cluster));
    for (const kind of SPEAKER_KINDS) {
      expect(decisions, `before the list of ${kind}`).to.deep.equal([]);
      store.sink?.replaceAll(kind, [], "1");
      await clock.advance(SECOND);
    }
    expect(decisions).to.have.length(1);
  });

  it("decides anew on what the node sees of others", async () => {
    const { decider } = start(new MemoryStore(cluster));
    cluster.apply(pool("lan", { addresses: ["192.0.2.0/24"] }));
    cluster.apply(service("web"));
    const ref = { kind: "Service", namespace: "default", name: "web" } as const;
    const uid = cluster.get(ref)?.metadata.uid ?? "";
    cluster.patchStatus(ref, uid, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } });
    const slice = (name: string, ip: string) => ({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { namespace: "default", name, labels: { "kubernetes.io/service-name": "web" } },
      addressType: "IPv4",
      ports: [{ name: "http", protocol: "TCP", port: 8080 }],
      endpoints: [{ addresses: [ip], nodeName: name, conditions: { ready: true } }],
    });
    cluster.apply(slice("n1", "10.0.0.1"));
    cluster.apply(slice("n2", "10.0.0.2"));
    const targets = () => decisions.at(-1)?.forwarding.ports.map(({ endpoints }) => endpoints.length);
    await clock.advance(SECOND);
    expect(targets()).to.deep.equal([2]);
    decider.observe({ lost: new Set(["n2"]) });
    await clock.advance(50);
    expect(targets()).to.deep.equal([1]);
  });

  it("decides once for a burst of changes, on the last state", async () => {
    start(new MemoryStore(cluster));
    await clock.advance(SECOND);
    decisions.length = 0;
    cluster.apply(pool("lan"));
    for (const name of ["a", "b", "c"]) {
      const { uid = "" } = cluster.apply(service(name, { clusterIPs: ["10.96.0.1"] })).metadata;
      const ref = { kind: "Service", namespace: "default", name } as const;
      cluster.patchStatus(ref, uid, { loadBalancer: { ingress: [{ ip: `192.0.2.${name.charCodeAt(0) - 97}` }] } });
    }
    await clock.advance(SECOND);
    expect(decisions.map(({ plan }) => plan.addresses.size)).to.deep.equal([3]);
  });

  it("decides nothing new while the store is silent, but the same again now and then", async () => {
    start(new MemoryStore(cluster));
    await clock.advance(900 * SECOND);
    expect(decisions.length).to.be.within(2, 10);
    for (const decision of decisions) expect(decision).to.deep.equal(decisions[0]);
  });

  it("makes the SpeakerStatus and writes the last of several statuses, not all", async () => {
    const { decider } = start(new MemoryStore(cluster));
    let writes = 0;
    cluster.subscribe(({ kind }) => {
      if (kind === "SpeakerStatus") writes += 1;
    });
    for (const owned of [1, 2, 3]) decider.status(owning(owned));
    await clock.advance(2 * SECOND);
    expect(written()).to.deep.equal(owning(3));
    expect(writes).to.equal(2);
    decider.status(owning(3));
    await clock.advance(2 * SECOND);
    expect(writes).to.equal(2);
  });

  it("takes over the SpeakerStatus of the speaker before it", async () => {
    const { uid } = cluster.create({
      apiVersion: "fairlead.dev/v1beta1",
      kind: REF.kind,
      metadata: { name: "n1" },
    }).metadata;
    const { decider } = start(new MemoryStore(cluster));
    decider.status(owning(1));
    await clock.advance(2 * SECOND);
    expect(written()).to.deep.equal(owning(1));
    expect(cluster.get(REF)?.metadata.uid).to.equal(uid);
  });

  it("replaces what a speaker of an older version wrote in its own way", async () => {
    const { uid = "" } = cluster.create({
      apiVersion: "fairlead.dev/v1beta1",
      kind: REF.kind,
      metadata: { name: "n1" },
    }).metadata;
    cluster.patchStatus(REF, uid, { owned: 7, forwarding: "direct", addresses: [{ address: "192.0.2.1" }] });
    const { decider } = start(new MemoryStore(cluster));
    decider.status({ ...owning(1), forwarding: { mode: "direct" } });
    await clock.advance(2 * SECOND);
    expect(written()).to.deep.equal({ ...owning(1), forwarding: { mode: "direct" } });
  });

  it("tries a status again until the store takes it", async () => {
    const { decider, store } = start(new FaultyStore(cluster));
    store.failBefore = unavailable;
    decider.status(owning(1));
    await clock.advance(30 * SECOND);
    expect(cluster.get(REF)).to.equal(undefined);
    store.failBefore = () => undefined;
    await clock.advance(30 * SECOND);
    expect(written()).to.deep.equal(owning(1));
  });

  it("makes the SpeakerStatus anew with the next status after somebody has deleted it", async () => {
    const { decider } = start(new MemoryStore(cluster));
    decider.status(owning(1));
    await clock.advance(2 * SECOND);
    cluster.delete(REF);
    decider.status(owning(2));
    await clock.advance(3 * SECOND);
    expect(written()).to.deep.equal(owning(2));
  });

  it("makes the SpeakerStatus anew also if there is nothing new to write", async () => {
    const { decider } = start(new MemoryStore(cluster));
    decider.status(owning(1));
    await clock.advance(2 * SECOND);
    cluster.delete(REF);
    await clock.advance(62 * SECOND);
    expect(written()).to.deep.equal(owning(1));
  });

  for (const [name, everyMillis] of [
    ["nothing is reported", 600 * SECOND],
    ["the same is reported again and again", 2 * SECOND],
  ] as const) {
    it(`writes when it was last seen about once a minute while ${name}, and nothing else`, async () => {
      const { decider, store } = start(new FaultyStore(cluster));
      decider.status(owning(1));
      await clock.advance(2 * SECOND);
      let calls = 0;
      store.failBefore = () => void calls++;
      let oldest = 0;
      for (let at = 0; at < 600 * SECOND; at += SECOND) {
        if (at % everyMillis === 0) decider.status(owning(1));
        await clock.advance(SECOND);
        oldest = Math.max(oldest, clock.now() - Date.parse(lastSeen() ?? ""));
      }
      expect(oldest).to.be.within(30 * SECOND, 62 * SECOND);
      expect(calls).to.be.within(10, 15);
      expect(written()).to.deep.equal(owning(1));
    });
  }

  it("writes the last status when it stops, and does not wait for a store that is away", async () => {
    const { decider, store } = start(new FaultyStore(cluster));
    decider.status(owning(1));
    await decider.stop();
    expect(written()).to.deep.equal(owning(1));
    store.failBefore = unavailable;
    decider.status(owning(0));
    await decider.stop();
    expect(written()).to.deep.equal(owning(1));
  });

  it("records an Event", async () => {
    const { decider } = start(new MemoryStore(cluster));
    const object = { kind: "Service", namespace: "default", name: "web" } as const;
    decider.note({ object, uid: "uid-web", type: "Normal", reason: "AddressAnnounced", message: "n1 answers" });
    await clock.advance(2 * SECOND);
    const [event, ...more] = cluster.list("Event");
    expect(event).to.deep.include({ reason: "AddressAnnounced", message: "n1 answers", type: "Normal" });
    expect(more).to.deep.equal([]);
  });
});

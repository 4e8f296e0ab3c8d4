import { expect } from "chai";
import { DEFAULT_TIMING } from "../src/ownership/timing.ts";
import { ENTRIES_PER_PART } from "../src/packet/table-part.ts";
import { Bench, type BenchNode, RecordingResponder, wanted } from "./driver-bench.ts";

const { interval, detection, claim, probe } = DEFAULT_TIMING;
const ADDRESS = "192.0.2.50";
const BOTH_FORMS = [`a announces ${ADDRESS} by request`, `a announces ${ADDRESS} by reply`];

describe("LinkAgent", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const announcements = () => bench.journal.filter((line) => line.includes("announces"));

  /** Node a, which owns the address. */
  const owner = async (): Promise<BenchNode> => {
    const a = bench.node("a");
    a.agent.want(wanted([ADDRESS], "a", "b"));
    await bench.pass(detection + probe + interval);
    expect([...a.agent.owned.keys()]).to.deep.equal([ADDRESS]);
    return a;
  };

  it("Y-72: listens first, then answers, then announces in both forms", async () => {
    const a = bench.node("a");
    a.agent.want(wanted([ADDRESS], "a"));
    await bench.pass(detection - 10);
    expect(bench.journal).to.deep.equal([]);
    await bench.pass(probe + 10);
    expect(bench.journal.slice(0, 3)).to.deep.equal([`a answers ${ADDRESS}`, ...BOTH_FORMS]);
    expect(a.moves).to.have.length(1);
  });

  it("does not announce before the responder is ready, however long that takes", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const responder = new RecordingResponder("a", bench.journal);
    responder.ready = promise;
    const a = bench.node("a", responder);
    a.agent.want(wanted([ADDRESS], "a"));
    await bench.pass(5 * detection);
    expect(bench.journal).to.deep.equal([]);
    resolve();
    await bench.pass(10);
    expect(bench.journal).to.deep.equal([`a answers ${ADDRESS}`, ...BOTH_FORMS]);
  });

  it("Y-70, Y-71, Y-75: announces in a burst of seven, then once a minute", async () => {
    await owner();
    await bench.pass(5_000);
    expect(announcements()).to.have.length(14);
    await bench.pass(50_000);
    expect(announcements()).to.have.length(14);
    await bench.pass(10_000);
    expect(announcements()).to.have.length(16);
  });

  it("announces very many addresses that it takes at once in each form once, so as not to flood the link", async () => {
    const wide = new Bench(16);
    const a = wide.node("a");
    const many = Array.from({ length: 600 }, (_, i) => `192.0.${2 + (i >> 8)}.${i & 255}`);
    a.agent.want(wanted(many, "a"));
    await wide.pass(detection + probe + interval + 5_000);
    expect(a.agent.owned.size).to.equal(600);
    const all = wide.journal.filter((line) => line.includes("announces"));
    const of = (form: string) => new Set(all.filter((line) => line.endsWith(form))).size;
    expect([of("by request"), of("by reply"), all.length]).to.deep.equal([600, 600, 1_200]);
    await wide.close();
  });

  it("Y-73: announces an IPv6 address from the link-local one, overriding what neighbours know, in the same rhythm", async () => {
    const a = bench.node("a");
    a.agent.want(wanted(["2001:db8::50"], "a"));
    await bench.pass(detection + probe + interval + 5_000);
    const [first, ...others] = announcements();
    expect(first).to.equal(`a announces 2001:db8::50 as ${a.host.link().mac} from fe80::1`);
    expect(others).to.deep.equal(new Array(6).fill(first));
    await bench.pass(60_000);
    expect(announcements()).to.have.length(8);
  });

  it("refreshes the gate at every heartbeat while it owns something, and not otherwise", async () => {
    const a = await owner();
    const before = a.responder.refreshes;
    await bench.pass(10 * interval);
    expect(a.responder.refreshes - before).to.equal(10);
    a.agent.want(new Map());
    const after = a.responder.refreshes;
    await bench.pass(10 * interval);
    expect(a.responder.refreshes - after).to.be.at.most(1);
  });

  it("sends each heartbeat so that it keeps answers coming while it owns something and may answer, and not otherwise", async () => {
    const a = bench.node("a");
    a.agent.want(wanted([ADDRESS], "a"));
    await bench.pass(detection);
    expect(a.opening.heartbeats, "while it listens and claims").to.equal(0);
    await bench.pass(probe + 2 * interval);
    const before = a.opening.heartbeats;
    await bench.pass(10 * interval);
    expect(a.opening.heartbeats - before).to.equal(10);
    a.clock.ahead += 10_000;
    const stopped = a.opening.heartbeats;
    await bench.pass(detection - interval);
    expect(a.opening.heartbeats, "while it listens after a stop").to.equal(stopped);
  });

  it("has a heartbeat open what answers before it announces, and no more of them than ticks", async () => {
    const responder = new RecordingResponder("a", bench.journal);
    responder.keptByHeartbeats = true;
    const a = bench.node("a", responder);
    a.agent.want(wanted([ADDRESS], "a"));
    while (announcements().length === 0) await bench.pass(10);
    expect(a.opening.heartbeats).to.equal(1);
    a.agent.want(wanted([ADDRESS, "192.0.2.51", "192.0.2.52"], "a"));
    const before = a.opening.heartbeats;
    await bench.pass(10 * interval);
    expect(a.agent.owned.size).to.equal(3);
    expect(a.opening.heartbeats - before).to.be.within(10, 11);
  });

  it("Y-74: falls silent at once for what is not wanted any more", async () => {
    const a = await owner();
    bench.journal.length = 0;
    a.agent.want(new Map());
    await bench.pass(5_000);
    expect(bench.journal).to.deep.equal(["a answers nothing"]);
    expect(a.moves.at(-1)).to.include({ kind: "release", cause: "NotWanted" });
  });

  it("tries again at the next heartbeat when the responder failed, and announces only then", async () => {
    const responder = new RecordingResponder("a", bench.journal);
    responder.failures = 2;
    const a = bench.node("a", responder);
    a.agent.want(wanted([ADDRESS], "a"));
    await bench.pass(detection + probe + 4 * interval);
    const attempt = `a answers ${ADDRESS}`;
    expect(bench.journal.slice(0, 5)).to.deep.equal([attempt, attempt, attempt, ...BOTH_FORMS]);
    expect(a.log.lines.filter(({ level }) => level === "error")).to.have.length(2);
  });

  it("sends a table of many parts, from which others learn all of it", async () => {
    const addresses = Array.from({ length: 2 * ENTRIES_PER_PART + 1 }, (_, i) => `192.0.2.${100 + i}`);
    const a = bench.node("a");
    a.agent.want(wanted(addresses, "a", "b"));
    await bench.pass(detection + probe + interval);
    const parts = new Set(bench.heartbeats.map(({ table }) => `${table?.part}/${table?.parts}`));
    expect(parts).to.include.keys("0/3", "1/3", "2/3");
    const b = bench.node("b");
    b.agent.want(wanted(addresses, "a", "b"));
    await bench.pass(3 * detection);
    expect(b.moves).to.deep.equal([]);
    await a.agent.close();
    await bench.pass(detection + probe);
    expect([...b.agent.owned.keys()]).to.have.members(addresses);
  });

  it("does not answer each part of a table with a table", async () => {
    const addresses = Array.from({ length: 100 }, (_, i) => `192.0.2.${100 + i}`);
    for (const name of ["a", "b", "c"]) bench.node(name).agent.want(wanted(addresses, "a", "b", "c"));
    await bench.pass(2_000);
    const tables = bench.heartbeats.filter(({ table }) => table !== undefined).length;
    expect(tables).to.be.below(60);
  });

  it("takes over within the detection time and a claim", async () => {
    const a = await owner();
    const b = bench.node("b");
    b.agent.want(wanted([ADDRESS], "a", "b"));
    await bench.pass(2 * detection);
    a.host.cut();
    await bench.pass(detection + claim + 30);
    expect(b.moves.map(({ kind }) => kind)).to.deep.equal(["own"]);
  });

  it("yields after a long stop, without one announcement of what has fallen due meanwhile", async () => {
    const a = await owner();
    const b = bench.node("b");
    b.agent.want(wanted([ADDRESS], "a", "b"));
    await bench.pass(2 * detection);
    a.host.cut();
    await bench.pass(2 * detection);
    expect([...b.agent.owned.keys()]).to.deep.equal([ADDRESS]);
    bench.journal.length = 0;
    a.clock.ahead += 70_000;
    a.host.restore();
    await bench.pass(2 * detection);
    expect(bench.journal.filter((line) => line.startsWith("a announces"))).to.deep.equal([]);
    expect([...a.agent.owned.keys()]).to.deep.equal([]);
    expect(a.log.lines.some(({ message }) => message.includes("stopped for a while"))).to.equal(true);
  });

  it("does not refresh the gate while it listens after a stop", async () => {
    const a = await owner();
    a.clock.ahead += 10_000;
    const before = a.responder.refreshes;
    await bench.pass(detection - interval);
    expect(a.responder.refreshes).to.equal(before);
    await bench.pass(2 * interval);
    expect(a.responder.refreshes).to.be.above(before);
  });

  it("Y-90: hands over before it falls silent when it leaves", async () => {
    const a = await owner();
    const b = bench.node("b");
    b.agent.want(wanted([ADDRESS], "a", "b"));
    await bench.pass(2 * detection);
    bench.journal.length = 0;
    const left = a.agent.leave(5_000);
    await bench.pass(2 * interval);
    await left;
    const answers = bench.journal.filter((line) => line.includes("answers"));
    expect(answers).to.deep.equal([`b answers ${ADDRESS}`, "a answers nothing"]);
    expect(a.moves.at(-1)).to.include({ kind: "release", cause: "Leaving", to: "b" });
  });

  it("leaves at once when it is alone, and at the deadline when nobody takes over", async () => {
    const a = await owner();
    await a.agent.leave(5_000);
    const c = bench.node("c");
    c.agent.want(wanted([ADDRESS], "c"));
    await a.agent.close();
    await bench.pass(3 * detection);
    const d = bench.node("d");
    await bench.pass(detection);
    let gone = false;
    const left = c.agent.leave(1_000).then(() => {
      gone = true;
    });
    await bench.pass(900);
    expect(gone).to.equal(false);
    await bench.pass(200);
    await left;
    expect(d.moves).to.deep.equal([]);
  });

  it("announces anew when the link comes back", async () => {
    const a = await owner();
    await bench.pass(5_000);
    bench.journal.length = 0;
    a.agent.see({ ...a.host.link(), up: false });
    a.agent.see(a.host.link());
    await bench.pass(detection + probe + interval);
    expect(bench.journal).to.include.members(BOTH_FORMS);
  });

  it("announces anew when a speaker is back that had fallen silent: a partition may have healed", async () => {
    const a = await owner();
    const b = bench.node("b");
    await bench.pass(10_000);
    b.host.cut();
    await bench.pass(10_000);
    const before = announcements().filter((line) => line.startsWith("a ")).length;
    b.host.restore();
    await bench.pass(2_000);
    expect(announcements().filter((line) => line.startsWith("a ")).length).to.be.above(before);
    expect(a.agent.owned.size).to.equal(1);
  });

  it("sets no timer and sends nothing once closed", async () => {
    const a = await owner();
    await a.agent.close();
    expect(a.responder.closed).to.equal(true);
    bench.heartbeats.length = 0;
    await bench.pass(1_000);
    expect(bench.heartbeats).to.deep.equal([]);
    expect(bench.clock.pending).to.equal(0);
  });
});

import { MemoryTcp } from "@fairlead/linux/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import type { SessionSettings } from "../../src/fsm/settings.ts";
import { KEEPALIVE, notification } from "../../src/packet/message.ts";
import { Peer } from "../../src/peer/peer.ts";
import { QuietLog } from "../../src/peer/quiet-log.ts";
import { OPEN, SETTINGS } from "../fsm/subjects.ts";
import { ROUTER, ScriptedRouter } from "../session/scene.ts";

function openPeer(settings: Partial<SessionSettings> = {}) {
  const clock = new FakeClock();
  const network = new MemoryTcp();
  const router = new ScriptedRouter();
  const listener = network.listen(ROUTER, (connection) => router.accept(connection));
  const log = new MemoryLog();
  const peer = new Peer({
    name: "tor-1",
    log,
    settings: { ...SETTINGS, ...settings },
    connectTcp: network.connect,
    target: { to: ROUTER },
    clock,
    nextUpdate: () => undefined,
    onEvent: () => {},
  });
  const establish = async () => {
    await clock.advance(0);
    router.say(OPEN, KEEPALIVE);
    await clock.advance(0);
  };
  return { clock, network, router, listener, log, peer, establish };
}

describe("a peer", () => {
  it("is reported: since when, with what, from where", async () => {
    const { clock, peer, establish } = openPeer();
    const before = peer.report();
    expect(before).to.deep.include({ state: "Idle", session: 0, negotiated: undefined, lastDown: undefined });
    peer.start();
    await clock.advance(500);
    await establish();
    const { state, since, negotiated, ends, retryAt } = peer.report();
    expect([state, since - before.since, retryAt]).to.deep.equal(["Established", 500, undefined]);
    expect(negotiated?.peerAs).to.equal(64513);
    expect(ends?.remote).to.deep.equal(ROUTER);
  });

  it("is reported with the reason, and the next attempt, when it is down", async () => {
    const { clock, router, peer, establish } = openPeer();
    peer.start();
    await establish();
    await clock.advance(1_000);
    router.say(notification("PeerDeconfigured"));
    await clock.advance(100);
    const { state, since, lastDown, retryAt } = peer.report();
    expect([state, clock.now() - since]).to.deep.equal(["Idle", 100]);
    expect(lastDown).to.deep.equal({ reason: { code: "PeerDeconfigured" }, at: since });
    expect(retryAt).to.equal(since + 750);
  });

  it("remembers what was said last while connections are only closed (BG-27)", async () => {
    const { clock, network, router, listener, peer, establish } = openPeer();
    peer.start();
    await establish();
    router.say(notification("AdministrativeShutdown"));
    listener.close();
    network.listen(ROUTER, (connection) => {
      connection.close();
      return { connected() {}, received() {}, progressed() {}, closed() {} };
    });
    await clock.advance(30_000);
    const { lastDown, lastSaid } = peer.report();
    expect([lastDown?.reason.code, lastSaid?.reason.code]).to.deep.equal(["ClosedBeforeOpen", "PeerShutDown"]);
  });

  it("is offered a longer Hold Time once it has refused ours, and the report says so (BG-11)", async () => {
    const { clock, router, peer } = openPeer();
    peer.start();
    await clock.advance(0);
    router.say(notification("UnacceptableHoldTime"));
    await clock.advance(1_000);
    expect(peer.report().offeredHoldTimeSeconds).to.equal(20);
    expect(router.heard.at(-1)).to.deep.include({ kind: "open", holdTimeSeconds: 20 });
  });

  it("is told of at once, then at most once a minute, the last thing last", async () => {
    const { clock, log, listener, peer } = openPeer();
    listener.close();
    peer.start();
    await clock.advance(0);
    expect(log.lines.map(({ fields }) => fields.reason)).to.deep.equal(["ConnectFailed"]);
    await clock.advance(300_000);
    expect(log.lines.length).to.be.within(5, 6);
    expect(log.lines.at(-1)?.fields).to.include({ peer: "tor-1", reason: "ConnectFailed" });
    expect(log.lines.at(-1)?.fields.detail).to.match(/nothing listens/);
    peer.stop({ code: "Deconfigured" });
    expect(log.lines.at(-1)?.fields.reason).to.equal("Deconfigured");
    expect(clock.pending).to.equal(0);
  });
});

describe("a quiet log", () => {
  it("says how many lines it left out", async () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const quiet = new QuietLog(clock);
    for (const word of ["a", "b", "c", "d"]) quiet.say((unsaid) => lines.push(`${word} ${unsaid}`));
    await clock.advance(60_000);
    expect(lines).to.deep.equal(["a 0", "d 2"]);
    await clock.advance(60_000);
    quiet.say((unsaid) => lines.push(`e ${unsaid}`));
    expect([lines.at(-1), clock.pending]).to.deep.equal(["e 0", 0]);
  });
});

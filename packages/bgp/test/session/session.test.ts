import type { TcpEvents } from "@fairlead/linux";
import { parsePrefix } from "@fairlead/net";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { encodeMessage } from "../../src/packet/codec.ts";
import { UNICAST } from "../../src/packet/family.ts";
import { KEEPALIVE, notification, type UpdateMessage } from "../../src/packet/message.ts";
import { Session } from "../../src/session/session.ts";
import { OPEN, SETTINGS } from "../fsm/subjects.ts";
import { openScene, ROUTER, TRAITS } from "./scene.ts";

const WITHDRAWAL: UpdateMessage = {
  kind: "update",
  withdrawnRoutes: [parsePrefix("198.51.100.1/32"), parsePrefix("198.51.100.2/32")],
  attributes: [],
  nlri: [],
};
const WITHDRAWAL_6: UpdateMessage = {
  ...WITHDRAWAL,
  withdrawnRoutes: [],
  attributes: [{ kind: "mpUnreach", family: 6, withdrawn: [parsePrefix("2001:db8::1/128")] }],
};
const ANNOUNCEMENT: UpdateMessage = {
  ...WITHDRAWAL,
  withdrawnRoutes: [],
  attributes: [
    { kind: "origin", origin: "igp" },
    { kind: "asPath", segments: [{ kind: "sequence", asns: [64513] }] },
    { kind: "nextHop", address: ROUTER.address },
  ],
  nlri: [parsePrefix("0.0.0.0/0")],
};
const UPDATE = encodeMessage(WITHDRAWAL, TRAITS);
const codes = (events: ReturnType<typeof openScene>["events"]) =>
  events.map((event) => (event.kind === "down" ? event.reason.code : event.kind));

describe("a session", () => {
  it("comes to be: OPEN, KEEPALIVE, then what there is to send, by one write (BG-24)", async () => {
    const updates = [UPDATE, UPDATE, UPDATE];
    const { router, events, session, establish } = openScene({}, () => updates.pop());
    await establish();
    expect(router.kinds()).to.deep.equal(["open", "keepalive", "update", "update", "update"]);
    expect(router.writes.at(-1)).to.equal(3 * UPDATE.length);
    expect([session.state.name, codes(events)]).to.deep.equal(["Established", ["established"]]);
    expect(session.ends?.remote.port).to.equal(179);
  });

  it("asks again for what to send when it is woken, not before", async () => {
    const updates: Uint8Array[] = [];
    const { router, clock, session, establish } = openScene({}, () => updates.pop());
    session.wake();
    await establish();
    updates.push(UPDATE);
    await clock.advance(0);
    expect(router.kinds()).not.to.include("update");
    session.wake();
    await clock.advance(0);
    expect(router.kinds()).to.include("update");
  });

  it("keeps itself alive, and ends with a word when the peer falls silent", async () => {
    const { clock, router, events, session, establish } = openScene();
    await establish();
    await clock.advance(8_900);
    expect(router.kinds().filter((kind) => kind === "keepalive")).to.have.length(4);
    await clock.advance(200);
    expect(router.heard.at(-1)).to.deep.equal(notification("HoldTimerExpired"));
    expect(router.closed).to.deep.equal(["in order"]);
    expect(codes(events)).to.deep.equal(["established", "HoldTimerExpired"]);
    await clock.advance(1_000);
    expect([session.number, session.state.name]).to.deep.equal([2, "OpenSent"]);
  });

  it("stands for as long as the peer speaks", async () => {
    const { clock, router, events, establish } = openScene();
    await establish();
    for (let i = 0; i < 20; i++) {
      router.say(KEEPALIVE);
      await clock.advance(8_000);
    }
    expect(codes(events)).to.deep.equal(["established"]);
  });

  it("reads what is there before it takes the peer for dead (BG-31)", async () => {
    const clock = new FakeClock();
    let tcp: TcpEvents | undefined;
    const ends = undefined;
    const connection = { ends, waiting: 0, send() {}, close() {}, abort() {} };
    const session = new Session({
      settings: SETTINGS,
      connectTcp: (_options, events) => {
        tcp = events;
        return connection;
      },
      target: { to: ROUTER },
      clock,
      nextUpdate: () => undefined,
      onEvent: () => {},
    });
    session.start();
    tcp?.connected();
    for (const message of [OPEN, KEEPALIVE]) tcp?.received(encodeMessage(message, TRAITS));
    // Due at the same time as the hold timer, and after it.
    clock.after(9_000, () => tcp?.received(encodeMessage(KEEPALIVE, TRAITS)));
    await clock.advance(9_000);
    expect(session.state.name).to.equal("Established");
    await clock.advance(9_000);
    expect(session.state.name).to.equal("Idle");
  });

  it("counts what the peer announces and withdraws, and drops it (BG-46)", async () => {
    const { clock, router, session, establish } = openScene();
    await establish();
    router.say(WITHDRAWAL, WITHDRAWAL_6, ANNOUNCEMENT);
    await clock.advance(0);
    expect(session.received).to.deep.equal({ announced: 1, withdrawn: 3 });
  });

  it("passes on that the peer asks for its routes again (BG-47)", async () => {
    const { clock, router, events, establish } = openScene();
    await establish();
    const refresh = { kind: "routeRefresh", family: UNICAST[4], subtype: 0 } as const;
    router.say(refresh);
    await clock.advance(0);
    expect(events.at(-1)).to.deep.equal({ kind: "refresh", session: 1, refresh });
  });

  it("is stopped with a word, and begins again only when told", async () => {
    const { clock, router, events, session, establish } = openScene();
    await establish();
    session.stop({ code: "AdministrativeShutdown", text: "bye" }, { hard: true });
    await clock.advance(120_000);
    expect(router.heard.at(-1)).to.include({ code: 6, subcode: 9 });
    expect([codes(events).at(-1), session.number, clock.pending]).to.deep.equal(["AdministrativeShutdown", 1, 0]);
    await establish();
    expect(session.state.name).to.equal("Established");
  });

  it("closes without a word where the peer is to keep the routes (BG-60)", async () => {
    const { clock, router, session, establish } = openScene();
    await establish();
    session.stop({ code: "Restarting" });
    await clock.advance(0);
    expect([router.kinds().includes("notification"), router.closed]).to.deep.equal([false, ["in order"]]);
  });

  it("is not stopped by what is about an older one (BG-35)", async () => {
    const { session, router, clock, establish } = openScene();
    await establish();
    const { number } = session;
    router.connections.at(-1)?.abort();
    await clock.advance(1_000);
    router.say(OPEN, KEEPALIVE);
    await clock.advance(0);
    session.stop({ code: "BfdDown" }, { session: number });
    expect(session.state.name).to.equal("Established");
    session.stop({ code: "BfdDown" }, { session: session.number });
    expect(session.state.name).to.equal("Idle");
  });

  it("is given up when the attempt takes too long, and tried again", async () => {
    const { clock, network, events, session } = openScene({ hasKey: true });
    network.silent.add(ROUTER.port);
    session.start();
    await clock.advance(10_000);
    const [first] = events;
    expect(first).to.deep.include({ kind: "down" });
    expect(first?.kind === "down" && first.reason).to.deep.include({ code: "ConnectFailed", error: undefined });
    network.silent.delete(ROUTER.port);
    await clock.advance(10_000);
    expect(session.state.name).to.equal("OpenSent");
  });
});

describe("a peer that does not read (BG-22)", () => {
  it("holds up a bounded queue, then loses its session", async () => {
    let made = 0;
    const big = encodeMessage(
      { ...WITHDRAWAL, withdrawnRoutes: Array(700).fill(parsePrefix("198.51.100.1/32")) },
      TRAITS,
    );
    const scene = openScene({}, () => {
      made += 1;
      return big;
    });
    const { clock, network, router, session, events } = scene;
    session.start();
    await clock.advance(0);
    network.stalled.add(ROUTER.port);
    router.say(OPEN, KEEPALIVE);
    for (let second = 0; second < 29; second++) {
      router.say(KEEPALIVE);
      await clock.advance(1_000);
      expect(session.waiting).to.be.lessThan(65_536 + 2 * 4_096);
    }
    expect([session.state.name, made]).to.deep.equal(["Established", Math.ceil(65_536 / big.length)]);
    router.say(KEEPALIVE);
    await clock.advance(1_500);
    expect(codes(events)).to.deep.equal(["established", "SendHoldTimerExpired"]);
  });

  it("gets all of it when it reads again, no faster than it reads", async () => {
    let left = 100;
    const { clock, network, router, session } = openScene({}, () => (left-- > 0 ? UPDATE : undefined));
    session.start();
    await clock.advance(0);
    network.stalled.add(ROUTER.port);
    router.say(OPEN, KEEPALIVE);
    await clock.advance(100);
    network.stalled.delete(ROUTER.port);
    network.read();
    await clock.advance(100);
    expect(router.kinds().filter((kind) => kind === "update")).to.have.length(100);
    expect(session.waiting).to.equal(0);
  });
});

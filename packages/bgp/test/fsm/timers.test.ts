import { expect } from "chai";
import fc from "fast-check";
import { DEFAULT_SETTINGS } from "../../src/fsm/settings.ts";
import { step } from "../../src/fsm/step.ts";
import { expired, nextDeadline } from "../../src/fsm/timers.ts";
import { notification } from "../../src/packet/message.ts";
import { after, eventOf, MOMENT, OPEN, SETTINGS, STATES } from "./subjects.ts";

const since = (state: Parameters<typeof nextDeadline>[0]) => nextDeadline(state) - MOMENT.now;
const UP = ["ManualStart", "TcpConnectionAcknowledged", "Open", "Keepalive"] as const;

describe("timers of a session", () => {
  it("run not at all before it is started", () => expect(nextDeadline(STATES.Idle)).to.equal(Number.POSITIVE_INFINITY));

  it("end an attempt to connect after 75 to 100 percent of its time", () => {
    for (const [chance, millis] of [
      [0, 7_500],
      [0.5, 8_750],
    ] as const) {
      const { next } = step(STATES.Idle, eventOf("ManualStart"), { ...MOMENT, chance });
      expect(since(next)).to.equal(millis);
      expect(expired(next, MOMENT.now + millis - 1)).to.equal(undefined);
      expect(expired(next, MOMENT.now + millis)).to.equal("ConnectRetryTimerExpires");
    }
  });

  it("let a passive session wait for ever", () =>
    expect(nextDeadline(after(["ManualStartWithPassive"]))).to.equal(Number.POSITIVE_INFINITY));

  it("give the peer four minutes for its OPEN", () => expect(since(STATES.OpenSent)).to.equal(240_000));

  it("hold a session for the smaller Hold Time and keep it alive three times in it", () => {
    const { hold, keepalive, sendHold } = STATES.Established.timers;
    expect([hold, keepalive, sendHold].map((at) => at - MOMENT.now)).to.deep.equal([9_000, 2_625, 30_000]);
  });

  it("run not at all in a session without a Hold Time", () => {
    const open = { kind: "Open", open: { ...OPEN, holdTimeSeconds: 0 } } as const;
    const settings = { ...SETTINGS, holdTimeSeconds: 0 };
    const up = after(["ManualStart", "TcpConnectionAcknowledged", open, "Keepalive"], settings);
    expect(up.name).to.equal("Established");
    expect(nextDeadline(up)).to.equal(Number.POSITIVE_INFINITY);
    const quiet = ["Keepalive", "Update", "SendProgress"] as const;
    for (const kind of quiet) expect(step(up, eventOf(kind), MOMENT).next).to.equal(up);
  });

  for (const kind of ["Keepalive", "Update", "RouteRefresh"] as const) {
    it(`start the Hold Time anew with ${kind}`, () => {
      const { next } = step(STATES.Established, eventOf(kind), { ...MOMENT, now: MOMENT.now + 5_000 });
      expect(next.timers.hold - MOMENT.now).to.equal(14_000);
    });
  }

  it("let the send-hold time end only what makes no progress", () => {
    const { next } = step(STATES.Established, eventOf("SendProgress"), { ...MOMENT, now: MOMENT.now + 5_000 });
    expect(next.timers.sendHold - MOMENT.now).to.equal(35_000);
  });

  it("tell of the end of a session before what would go on with it", () =>
    expect(expired(STATES.Established, MOMENT.now + 60_000)).to.equal("HoldTimerExpires"));

  it("wait for the peer's OPEN where ours is delayed, then send it", () => {
    const settings = { ...SETTINGS, delayOpen: 2_000 };
    const waiting = after(["ManualStart", "TcpConnectionAcknowledged"], settings);
    expect([waiting.name, since(waiting)]).to.deep.equal(["Connect", 2_000]);
    expect(expired(waiting, MOMENT.now + 2_000)).to.equal("DelayOpenTimerExpires");
    const lost = step(waiting, eventOf("TcpConnectionFails"), MOMENT);
    expect(lost.next.name).to.equal("Active");
    expect(lost.effects.at(-1)).to.deep.include({ kind: "down", reason: { code: "ClosedBeforeOpen" } });
  });
});

describe("pauses after failures", () => {
  const pauses = (kinds: readonly Parameters<typeof eventOf>[0][], count: number) => {
    let state = STATES.Idle;
    return Array.from({ length: count }, () => {
      for (const kind of [state.setbacks === 0 ? "ManualStart" : "IdleHoldTimerExpires", ...kinds] as const) {
        state = step(state, eventOf(kind), { ...MOMENT, chance: 0.999_999 }).next;
      }
      return Math.round(since(state));
    });
  };

  it("grow to half a minute", () =>
    expect(pauses(["TcpConnectionFails"], 7)).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]));

  it("grow as well where each attempt gets as far as a session", () =>
    expect(pauses(["TcpConnectionAcknowledged", "Open", "Keepalive", "HoldTimerExpires"], 3)).to.deep.equal([
      1_000, 2_000, 4_000,
    ]));

  it("are none for a session that stood and lost its connection only", () => {
    const later = { ...MOMENT, now: MOMENT.now + DEFAULT_SETTINGS.steadyAfter };
    const { next } = step(STATES.Established, eventOf("TcpConnectionFails"), later);
    expect([nextDeadline(next) - later.now, next.setbacks]).to.deep.equal([0, 1]);
  });

  it("are of minutes while the router takes no more prefixes", () => {
    const data = Uint8Array.of(0, 1, 1, 0, 0, 0, 100);
    const event = { kind: "Notification", notification: notification("MaximumNumberOfPrefixesReached", data) } as const;
    const { next, effects } = step(STATES.Established, event, MOMENT);
    expect(since(next)).to.equal(262_500);
    const reason = { code: "MaxPrefix", limit: { family: { afi: 1, safi: 1 }, prefixes: 100 } };
    expect(effects.at(-1)).to.deep.equal({ kind: "down", reason, retryAt: nextDeadline(next) });
  });

  it("hold back a damped start, and no other", () => {
    const paused = after(["ManualStart", "TcpConnectionFails"]);
    expect(step(paused, eventOf("AutomaticStartWithDamping"), MOMENT).next.name).to.equal("Idle");
    expect(step(paused, eventOf("AutomaticStart"), MOMENT).next.name).to.equal("Connect");
  });

  it("end with a stop, and nothing begins afterwards", () => {
    const paused = after(["ManualStart", "TcpConnectionFails"]);
    const { next, effects } = step(paused, eventOf("ManualStop"), MOMENT);
    expect(nextDeadline(next)).to.equal(Number.POSITIVE_INFINITY);
    expect(effects.map(({ kind }) => kind)).to.deep.equal(["down"]);
  });
});

describe("any history of a session", () => {
  it("leaves no state without a way on: a timer, a connection, or a start", () => {
    const kinds = fc.constantFrom(...UP, ...UP, "Update", "TcpConnectionFails", "Notification", "IdleHoldTimerExpires");
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 40 }), (history) => {
        const state = after(["ManualStart", ...history]);
        expect(nextDeadline(state)).to.be.lessThan(Number.POSITIVE_INFINITY);
      }),
    );
  });
});

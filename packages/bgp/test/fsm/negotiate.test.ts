import { expect } from "chai";
import fc from "fast-check";
import { concede, NO_CONCESSIONS } from "../../src/fsm/concede.ts";
import { localOpen } from "../../src/fsm/local-open.ts";
import { negotiate } from "../../src/fsm/negotiate.ts";
import type { SessionSettings } from "../../src/fsm/settings.ts";
import { step } from "../../src/fsm/step.ts";
import type { Capability } from "../../src/packet/capability.ts";
import { UNICAST } from "../../src/packet/family.ts";
import { AS_TRANS, notification, type OpenMessage } from "../../src/packet/message.ts";
import { MOMENT, OPEN, SETTINGS, STATES } from "./subjects.ts";

const without = (kind: Capability["kind"]) => OPEN.capabilities.filter((capability) => capability.kind !== kind);
const restart: Capability = {
  kind: "gracefulRestart",
  restarting: true,
  notification: true,
  restartTimeSeconds: 120,
  families: [
    { family: UNICAST[4], forwarding: true },
    { family: { afi: 25, safi: 70 }, forwarding: true },
  ],
};
const nextHops: Capability = { kind: "extendedNextHop", encodings: [{ family: UNICAST[4], nextHopAfi: 2 }] };
const OWN = { restartTimeSeconds: 30, restarting: false, forwarding: [4] } as const;

function result(settings: Partial<SessionSettings>, open: Partial<OpenMessage>) {
  const all = { ...SETTINGS, ...settings };
  return negotiate(all, localOpen(all, NO_CONCESSIONS), { ...OPEN, ...open });
}

const AGREED: readonly {
  name: string;
  settings?: Partial<SessionSettings>;
  open?: Partial<OpenMessage>;
  wanted: object;
}[] = [
  { name: "the smaller Hold Time, ours", wanted: { holdTimeSeconds: 9, keepaliveSeconds: 3 } },
  {
    name: "the smaller Hold Time, theirs, and a third of it (BG-33)",
    open: { holdTimeSeconds: 4 },
    wanted: { holdTimeSeconds: 4, keepaliveSeconds: 1 },
  },
  { name: "a KEEPALIVE each second at least", open: { holdTimeSeconds: 3 }, wanted: { keepaliveSeconds: 1 } },
  {
    name: "no KEEPALIVEs if both want none",
    settings: { holdTimeSeconds: 0 },
    open: { holdTimeSeconds: 0 },
    wanted: { holdTimeSeconds: 0, keepaliveSeconds: 0 },
  },
  { name: "another AS as external", wanted: { internal: false, peerAs: 64513 } },
  {
    name: "an AS that was not configured (BG-08)",
    settings: { remoteAs: "external" },
    wanted: { internal: false, peerAs: 64513 },
  },
  { name: "the own AS as internal", settings: { localAs: 64513, remoteAs: "internal" }, wanted: { internal: true } },
  { name: "23456 in the field with a small AS (BG-06)", open: { as: AS_TRANS }, wanted: { peerAs: 64513 } },
  {
    name: "a peer without any capability (BG-05)",
    open: { capabilities: [] },
    wanted: { families: [4], fourOctetAs: false, routeRefresh: false },
  },
  { name: "both families", wanted: { families: [4, 6], fourOctetAs: true, routeRefresh: true } },
  {
    name: "the one family that both have (BG-13)",
    open: { capabilities: [{ kind: "multiprotocol", family: UNICAST[6] }] },
    wanted: { families: [6] },
  },
  {
    name: "IPv6 next hops if both offer them (BG-54)",
    settings: { extendedNextHop: true },
    open: { capabilities: [...OPEN.capabilities, nextHops] },
    wanted: { extendedNextHop: true },
  },
  {
    name: "no IPv6 next hops that only the peer offers",
    open: { capabilities: [...OPEN.capabilities, nextHops] },
    wanted: { extendedNextHop: false },
  },
  {
    name: "what the peer keeps over a restart",
    settings: { gracefulRestart: OWN },
    open: { capabilities: [...OPEN.capabilities, restart] },
    wanted: {
      gracefulRestart: {
        restarting: true,
        notification: true,
        restartTimeSeconds: 120,
        families: [{ family: 4, forwarding: true }],
      },
    },
  },
  {
    name: "no graceful restart that only the peer offers",
    open: { capabilities: [...OPEN.capabilities, restart] },
    wanted: { gracefulRestart: undefined },
  },
  { name: "an identifier equal to ours from another AS (BG-10)", open: { routerId: SETTINGS.routerId }, wanted: {} },
];

const REFUSED: readonly {
  name: string;
  settings?: Partial<SessionSettings>;
  open: Partial<OpenMessage>;
  reason: object;
  told: readonly [number, number];
}[] = [
  {
    name: "another AS",
    open: { as: 64999, capabilities: [] },
    reason: { code: "PeerAsnMismatch", got: 64999 },
    told: [2, 2],
  },
  {
    name: "our AS for external",
    settings: { localAs: 64513, remoteAs: "external" },
    open: {},
    reason: { code: "PeerAsnMismatch", got: 64513 },
    told: [2, 2],
  },
  {
    name: "another AS for internal",
    settings: { remoteAs: "internal" },
    open: {},
    reason: { code: "PeerAsnMismatch", got: 64513 },
    told: [2, 2],
  },
  {
    name: "our identifier within our AS (BG-10)",
    settings: { localAs: 64513, remoteAs: "internal" },
    open: { routerId: SETTINGS.routerId },
    reason: { code: "BadRouterId", by: "local" },
    told: [2, 3],
  },
  {
    name: "no Hold Time where one was proposed (BG-11)",
    open: { holdTimeSeconds: 0 },
    reason: { code: "UnacceptableHoldTime", by: "local", seconds: 0 },
    told: [2, 6],
  },
  {
    name: "no family of ours",
    settings: { families: [6] },
    open: { capabilities: without("multiprotocol") },
    reason: { code: "NoCommonFamily" },
    told: [2, 7],
  },
];

describe("negotiation", () => {
  for (const { name, settings = {}, open = {}, wanted } of AGREED) {
    it(`agrees on ${name}`, () => {
      const agreed = result(settings, open);
      expect(agreed.ok).to.equal(true);
      if (agreed.ok) expect(agreed.negotiated).to.deep.include(wanted);
    });
  }
  for (const { name, settings = {}, open, reason, told } of REFUSED) {
    it(`refuses ${name}`, () => {
      const refused = result(settings, open);
      expect(refused).to.deep.include({ ok: false, reason });
      if (!refused.ok) expect([refused.notification.code, refused.notification.subcode]).to.deep.equal(told);
    });
  }
  it("names the families that were missed as capabilities (RFC 5492 §5)", () => {
    const refused = result({ families: [6] }, { capabilities: [] });
    expect(refused.ok || [...refused.notification.data]).to.deep.equal([1, 4, 0, 2, 0, 1]);
  });
  it("comes to a Hold Time and KEEPALIVEs that keep it, whatever was proposed", () => {
    const seconds = fc.integer({ min: 3, max: 65_535 });
    fc.assert(
      fc.property(seconds, seconds, fc.integer({ min: 1, max: 30_000 }), (ours, theirs, keepaliveSeconds) => {
        const agreed = result({ holdTimeSeconds: ours, keepaliveSeconds }, { holdTimeSeconds: theirs });
        if (!agreed.ok) throw new Error("refused");
        const { holdTimeSeconds, keepaliveSeconds: every } = agreed.negotiated;
        expect(holdTimeSeconds).to.equal(Math.min(ours, theirs));
        expect(every).to.be.within(1, holdTimeSeconds / 3);
      }),
    );
  });
});

describe("this speaker's OPEN", () => {
  it("has 23456 in the field above 65535, and the AS always in the capability", () => {
    const open = localOpen({ ...SETTINGS, localAs: 4_200_000_001 }, NO_CONCESSIONS);
    expect(open.as).to.equal(AS_TRANS);
    expect(open.capabilities).to.deep.include({ kind: "fourOctetAs", as: 4_200_000_001 });
  });
  it("offers longer messages where asked to, and both must", () => {
    const capabilities = [...OPEN.capabilities, { kind: "extendedMessage" } as const];
    const agreed = [true, false].map((extendedMessage) => result({ extendedMessage }, { capabilities }));
    expect(agreed.map((one) => one.ok && one.negotiated.extendedMessage)).to.deep.equal([true, false]);
  });
  it("offers what is configured, and no more (BG-02)", () => {
    const kinds = (settings: Partial<SessionSettings>) =>
      localOpen({ ...SETTINGS, ...settings }, NO_CONCESSIONS).capabilities.map(({ kind }) => kind);
    expect(kinds({ families: [4] })).to.deep.equal(["multiprotocol", "routeRefresh", "fourOctetAs"]);
    expect(kinds({ families: [4], extendedNextHop: true, gracefulRestart: OWN })).to.deep.equal([
      "multiprotocol",
      "routeRefresh",
      "extendedNextHop",
      "gracefulRestart",
      "fourOctetAs",
    ]);
  });
});

describe("what a peer refuses", () => {
  const refuse = (state: (typeof STATES)[keyof typeof STATES], refusal: ReturnType<typeof notification>) =>
    step(state, { kind: "Notification", notification: refusal }, MOMENT);
  const reopen = (state: ReturnType<typeof refuse>["next"]) => {
    const connecting = step(state, { kind: "IdleHoldTimerExpires" }, MOMENT).next;
    return step(connecting, { kind: "TcpConnectionAcknowledged" }, MOMENT).next;
  };

  it("is offered no more: Hold Times of 9, 20, then 90 s, said with the one refused (BG-11)", () => {
    const seconds: unknown[] = [];
    let state = STATES.OpenSent;
    for (let i = 0; i < 4; i++) {
      const { next, effects } = refuse(state, notification("UnacceptableHoldTime"));
      seconds.push(effects.map((effect) => effect.kind === "down" && effect.reason)[1]);
      state = reopen(next);
    }
    expect(seconds).to.deep.equal(
      [9, 20, 90, 90].map((offered) => ({ code: "UnacceptableHoldTime", by: "peer", seconds: offered })),
    );
  });
  it("is left out: exactly the capabilities that it names (BG-04)", () => {
    const data = Uint8Array.of(2, 0, 64, 2, 0, 30, 65, 4, 0, 0, 0, 1, 1, 4, 0, 2, 0, 1);
    const conceded = concede(NO_CONCESSIONS, 9, notification("UnsupportedCapability", data));
    expect(conceded).to.deep.equal({
      holdTimeSeconds: undefined,
      capabilities: ["routeRefresh", "gracefulRestart", "fourOctetAs", "multiprotocol"],
      families: [6],
    });
    const open = localOpen({ ...SETTINGS, gracefulRestart: OWN }, conceded);
    expect(open.capabilities.map(({ kind }) => kind)).to.deep.equal(["multiprotocol", "fourOctetAs"]);
  });
  it("leaves one family at least", () => {
    const refused = { ...NO_CONCESSIONS, families: [4, 6] as const };
    expect(localOpen(SETTINGS, refused).capabilities.filter(({ kind }) => kind === "multiprotocol")).to.have.length(2);
  });
  it("may be nonsense", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("UnsupportedCapability", "HardReset", "Cease"), (data, name) => {
        for (const state of [STATES.OpenSent, STATES.OpenConfirm, STATES.Established]) {
          expect(refuse(state, notification(name, data)).next.name).to.equal("Idle");
        }
      }),
    );
  });
});

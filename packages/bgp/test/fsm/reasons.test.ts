import { expect } from "chai";
import { collide, survivor } from "../../src/fsm/collision.ts";
import { farewell } from "../../src/fsm/farewell.ts";
import { notified } from "../../src/fsm/notified.ts";
import { connectFailure } from "../../src/fsm/reason.ts";
import { notification } from "../../src/packet/message.ts";
import { NOTIFICATION_CODES, type NotificationName } from "../../src/packet/notification-names.ts";
import { after, OPEN, SETTINGS, STATES } from "./subjects.ts";

const octets = (text: string) => new TextEncoder().encode(text);
const withLength = (text: string) => Uint8Array.of(octets(text).length, ...octets(text));

describe("a NOTIFICATION of the peer's", () => {
  const HEARD: readonly [NotificationName, Uint8Array, object][] = [
    ["BadPeerAs", Uint8Array.of(0xfc, 0), { code: "PeerAsnMismatch", got: undefined }],
    ["BadBgpIdentifier", Uint8Array.of(), { code: "BadRouterId", by: "peer" }],
    ["UnacceptableHoldTime", Uint8Array.of(), { code: "UnacceptableHoldTime", by: "peer", seconds: 9 }],
    [
      "UnsupportedCapability",
      Uint8Array.of(1, 4, 0, 1, 0, 1),
      { code: "UnsupportedCapability", capabilities: ["multiprotocol"] },
    ],
    ["RoleMismatch", Uint8Array.of(), { code: "RoleMismatch" }],
    ["HoldTimerExpired", Uint8Array.of(), { code: "HoldTimerExpired", by: "peer" }],
    ["SendHoldTimerExpired", Uint8Array.of(), { code: "SendHoldTimerExpired", by: "peer" }],
    ["MaximumNumberOfPrefixesReached", Uint8Array.of(), { code: "MaxPrefix", limit: undefined }],
    ["AdministrativeShutdown", withLength("back at four"), { code: "PeerShutDown", text: "back at four" }],
    ["AdministrativeShutdown", withLength("a\u0007b"), { code: "PeerShutDown", text: "a\ufffdb" }],
    ["AdministrativeReset", Uint8Array.of(), { code: "PeerReset", text: "" }],
    ["PeerDeconfigured", Uint8Array.of(), { code: "PeerDeconfigured" }],
    ["ConnectionRejected", Uint8Array.of(), { code: "ConnectionRejected" }],
    ["OtherConfigurationChange", Uint8Array.of(), { code: "PeerChanged" }],
    ["ConnectionCollisionResolution", Uint8Array.of(), { code: "SessionCollision", by: "peer" }],
    ["OutOfResources", Uint8Array.of(), { code: "PeerOutOfResources" }],
    ["BfdDown", Uint8Array.of(), { code: "PeerBfdDown" }],
    [
      "HardReset",
      Uint8Array.of(6, 2, ...withLength("gone")),
      { code: "HardReset", inner: { code: "PeerShutDown", text: "gone" } },
    ],
  ];
  for (const [name, data, reason] of HEARD) {
    it(`${name} means ${JSON.stringify(reason)}`, () =>
      expect(notified(notification(name, data), 9)).to.deep.equal(reason));
  }
  it("of any other kind is told as it is", () => {
    const known = new Set(HEARD.map(([name]) => name));
    for (const name of Object.keys(NOTIFICATION_CODES) as NotificationName[]) {
      if (known.has(name)) continue;
      expect(notified(notification(name), 9).code, name).to.equal("NotificationReceived");
    }
  });
});

describe("a farewell", () => {
  it("has the operator's text with its length, cut before a character that does not fit (BG-69)", () => {
    const told = farewell({ code: "AdministrativeShutdown", text: `${"x".repeat(254)}ä` }, false);
    expect([told?.code, told?.subcode, told?.data[0], told?.data.length]).to.deep.equal([6, 2, 254, 255]);
  });
  it("wraps its reason in a Hard Reset where the routes must go (BG-61)", () => {
    const told = farewell({ code: "Deconfigured" }, true);
    expect([told?.code, told?.subcode, ...(told?.data ?? [])]).to.deep.equal([6, 9, 6, 3]);
  });
  it("is none where the routes are to stay (BG-60)", () => {
    expect(farewell({ code: "Restarting" }, false)).to.equal(undefined);
    expect(farewell({ code: "SourceGone" }, true)).to.equal(undefined);
  });
  it("names BFD (BG-105), and a change", () => {
    expect(farewell({ code: "BfdDown" }, false)?.subcode).to.equal(10);
    expect(farewell({ code: "ConfigurationChange" }, false)?.subcode).to.equal(6);
  });
});

describe("an attempt to connect that fails", () => {
  const CAUSES: readonly [string | undefined, boolean, readonly string[]][] = [
    ["ECONNREFUSED", false, ["NothingListens", "PortBlocked"]],
    [undefined, false, ["PeerDown", "PortBlocked", "TtlCheck"]],
    ["ETIMEDOUT", true, ["WrongKey", "UnknownSource", "PeerDown", "PortBlocked", "TtlCheck"]],
    ["EADDRNOTAVAIL", false, ["SourceMissing"]],
    ["EPERM", true, ["SystemRefused"]],
  ];
  for (const [error, hasKey, causes] of CAUSES) {
    it(`with ${error ?? "no answer"}${hasKey ? " and a key" : ""} names what cannot be told apart (BG-16)`, () =>
      expect(connectFailure(error, hasKey)).to.deep.equal({ code: "ConnectFailed", causes, error }));
  }
});

describe("two connections with one peer", () => {
  const peer = { as: 64513, routerId: 1 };
  it("leave the one that the larger identifier began, or the larger AS", () => {
    expect(survivor({ as: 1, routerId: 2 }, peer)).to.equal("outgoing");
    expect(survivor({ as: 64514, routerId: 0 }, peer)).to.equal("incoming");
    expect(survivor({ as: 64514, routerId: 1 }, peer)).to.equal("outgoing");
    expect(survivor({ as: 1, routerId: 1 }, peer)).to.equal("incoming");
  });

  const { OpenSent, OpenConfirm, Established } = STATES;
  const larger = { kind: "Open", open: { ...OPEN, routerId: 0xffffffff } } as const;
  const theirs = after(["ManualStart", "TcpConnectionAcknowledged", larger], SETTINGS);
  const PAIRS: readonly [string, Parameters<typeof collide>, ReturnType<typeof collide>][] = [
    ["one alone", ["outgoing", { outgoing: OpenConfirm, incoming: undefined }], undefined],
    ["the other has no OPEN yet", ["outgoing", { outgoing: OpenConfirm, incoming: OpenSent }], undefined],
    ["ours is larger, ours is newer", ["outgoing", { outgoing: OpenConfirm, incoming: OpenConfirm }], "incoming"],
    ["ours is larger, theirs is newer", ["incoming", { outgoing: OpenConfirm, incoming: OpenConfirm }], "incoming"],
    ["theirs is larger, ours is newer", ["outgoing", { outgoing: theirs, incoming: theirs }], "outgoing"],
    ["the other is Established", ["incoming", { outgoing: Established, incoming: OpenConfirm }], "incoming"],
    ["the newer one failed", ["incoming", { outgoing: OpenConfirm, incoming: STATES.Idle }], undefined],
  ];
  for (const [name, pair, dumped] of PAIRS) {
    it(`dump ${dumped ?? "neither"} if ${name}`, () => expect(collide(...pair)).to.equal(dumped));
  }
});

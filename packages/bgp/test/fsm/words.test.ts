import { expect } from "chai";
import { connectFailure, type DownReason } from "../../src/fsm/reason.ts";
import { describeDown } from "../../src/fsm/words.ts";
import { UNICAST } from "../../src/packet/family.ts";

const TOLD: { readonly [C in DownReason["code"]]: readonly [Extract<DownReason, { code: C }>, RegExp] } = {
  ConnectFailed: [
    connectFailure(undefined, true) as Extract<DownReason, { code: "ConnectFailed" }>,
    /answer.*key.*TTL/,
  ],
  ClosedBeforeOpen: [{ code: "ClosedBeforeOpen" }, /accepts .* closes/],
  ConnectionLost: [{ code: "ConnectionLost", error: "ECONNRESET" }, /ECONNRESET/],
  PeerAsnMismatch: [{ code: "PeerAsnMismatch", got: 65099 }, /AS 65099/],
  BadRouterId: [{ code: "BadRouterId", by: "peer" }, /refuses .*identifier/],
  UnacceptableHoldTime: [{ code: "UnacceptableHoldTime", by: "peer", seconds: 9 }, /refuses .* 9 s/],
  UnsupportedCapability: [{ code: "UnsupportedCapability", capabilities: ["gracefulRestart"] }, /\(gracefulRestart\)/],
  NoCommonFamily: [{ code: "NoCommonFamily" }, /families/],
  RoleMismatch: [{ code: "RoleMismatch" }, /role/],
  SessionCollision: [{ code: "SessionCollision", by: "peer" }, /another speaker/],
  HoldTimerExpired: [{ code: "HoldTimerExpired", by: "local" }, /^Nothing was heard/],
  SendHoldTimerExpired: [{ code: "SendHoldTimerExpired", by: "local" }, /reads nothing/],
  MaxPrefix: [{ code: "MaxPrefix", limit: { family: UNICAST[4], prefixes: 100 } }, /than 100/],
  PeerShutDown: [{ code: "PeerShutDown", text: "back at four" }, /"back at four"/],
  PeerReset: [{ code: "PeerReset", text: "" }, /reset the session$/],
  PeerDeconfigured: [{ code: "PeerDeconfigured" }, /removed/],
  ConnectionRejected: [{ code: "ConnectionRejected" }, /rejects/],
  PeerChanged: [{ code: "PeerChanged" }, /router's configuration/],
  PeerOutOfResources: [{ code: "PeerOutOfResources" }, /resources/],
  PeerBfdDown: [{ code: "PeerBfdDown" }, /router's BFD/],
  HardReset: [{ code: "HardReset", inner: { code: "PeerDeconfigured" } }, /removed the neighbor; .* at once/],
  NotificationReceived: [{ code: "NotificationReceived", words: "unknown error (9/9)" }, /unknown error \(9\/9\)/],
  MalformedMessage: [{ code: "MalformedMessage", words: "no OPEN (2/0)" }, /no OPEN \(2\/0\)/],
  UnexpectedMessage: [{ code: "UnexpectedMessage", message: "Update" }, /Update/],
  AdministrativeShutdown: [{ code: "AdministrativeShutdown" }, /Shut down here$/],
  Deconfigured: [{ code: "Deconfigured" }, /gone/],
  ConfigurationChange: [{ code: "ConfigurationChange" }, /object has changed/],
  BfdDown: [{ code: "BfdDown" }, /BFD has declared/],
  Restarting: [{ code: "Restarting" }, /restart time/],
  SourceGone: [{ code: "SourceGone" }, /address/],
};

describe("why there is no session", () => {
  for (const [code, [reason, words]] of Object.entries(TOLD)) {
    it(`is said in a sentence for ${code}`, () => expect(describeDown(reason)).to.match(words).and.not.match(/[.]$/));
  }
  it("tells ours from theirs", () => {
    const bySide = (["BadRouterId", "SessionCollision", "HoldTimerExpired", "SendHoldTimerExpired"] as const).flatMap(
      (code) => (["local", "peer"] as const).map((by) => describeDown({ code, by })),
    );
    expect(new Set(bySide).size).to.equal(8);
    expect(describeDown({ code: "PeerAsnMismatch", got: undefined })).to.match(/another AS number/);
    expect(describeDown({ code: "ConnectionLost", error: undefined })).to.match(/without a word/);
    expect(describeDown({ code: "UnacceptableHoldTime", by: "local", seconds: 0 })).to.match(/this speaker refuses/);
  });
});

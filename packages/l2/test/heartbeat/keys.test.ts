import { toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import { HeartbeatKeys } from "../../src/heartbeat/keys.ts";

const BODY = new TextEncoder().encode("body");
const MINUTE = 60_000;

/** What a node with `theirs` makes of what one with `ours` sends now. */
function verdict(ours: HeartbeatKeys, theirs: HeartbeatKeys, now = 0): string {
  const opened = theirs.open(ours.seal(BODY, now), now);
  return "refusal" in opened ? opened.refusal : "opened";
}

describe("HeartbeatKeys", () => {
  it("signs by HMAC-SHA-256 (computed by openssl dgst -hmac)", () => {
    const { tag = new Uint8Array() } = new HeartbeatKeys(["correct horse battery staple"]).seal(BODY, 0);
    expect(toHex(tag)).to.equal("a54e3351b4cc90a0fa85a8904c442c8d0df8a313c93d6741feb8e5f394405164");
  });

  const ROWS: readonly { ours: string[]; theirs: string[]; verdict: string }[] = [
    { ours: [], theirs: [], verdict: "opened" },
    { ours: ["a"], theirs: ["a"], verdict: "opened" },
    { ours: ["a"], theirs: ["b"], verdict: "WrongKey" },
    { ours: [], theirs: ["a"], verdict: "Unauthenticated" },
    { ours: ["a"], theirs: [], verdict: "opened" },
    { ours: ["a"], theirs: ["b", "a"], verdict: "opened" },
    { ours: ["b", "a"], theirs: ["a"], verdict: "WrongKey" },
  ];
  for (const { ours, theirs, verdict: wanted } of ROWS) {
    it(`says ${wanted} with keys [${theirs}] of what was sealed with [${ours}]`, () =>
      expect(verdict(new HeartbeatKeys(ours), new HeartbeatKeys(theirs))).to.equal(wanted));
  }

  it("refuses a body or a tag that was changed anywhere", () =>
    fc.assert(
      fc.property(fc.nat(BODY.length + 31), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const keys = new HeartbeatKeys(["a"]);
        const { tag = new Uint8Array(), body } = keys.seal(BODY, 0);
        const octets = Uint8Array.from([...tag, ...body]);
        octets[at] = (octets[at] ?? 0) ^ change;
        const forged = { tag: octets.slice(0, 32), body: octets.slice(32) };
        expect(keys.open(forged, 0)).to.deep.equal({ refusal: "WrongKey" });
      }),
    ));

  it("signs with a new key three minutes later, and accepts the old one for ten", () => {
    const keys = new HeartbeatKeys(["old"]);
    const [old, fresh] = [new HeartbeatKeys(["old"]), new HeartbeatKeys(["new"])];
    keys.replace(["new"], 0);
    expect(verdict(keys, old, 3 * MINUTE - 1)).to.equal("opened");
    expect(verdict(keys, fresh, 3 * MINUTE)).to.equal("opened");
    expect(verdict(fresh, keys, 0)).to.equal("opened");
    expect(verdict(old, keys, 10 * MINUTE - 1)).to.equal("opened");
    expect(verdict(old, keys, 10 * MINUTE)).to.equal("WrongKey");
  });

  it("does not start the waiting anew when it is told the same again, and stays with the old one if told so", () => {
    const keys = new HeartbeatKeys(["old"]);
    keys.replace(["new"], 0);
    keys.replace(["new"], 2 * MINUTE);
    expect(verdict(keys, new HeartbeatKeys(["new"]), 3 * MINUTE)).to.equal("opened");
    keys.replace(["other"], 4 * MINUTE);
    keys.replace(["new"], 5 * MINUTE);
    expect(verdict(keys, new HeartbeatKeys(["new"]), 60 * MINUTE)).to.equal("opened");
    expect(verdict(new HeartbeatKeys(["other"]), keys, 60 * MINUTE)).to.equal("WrongKey");
  });

  it("comes to a first key in the same way, and does not give it up for none", () => {
    const keys = new HeartbeatKeys();
    const [none, fresh] = [new HeartbeatKeys(), new HeartbeatKeys(["new"])];
    keys.replace(["new"], 0);
    expect(verdict(keys, fresh, 0)).to.equal("Unauthenticated");
    expect(verdict(none, keys, 10 * MINUTE - 1)).to.equal("opened");
    expect(verdict(none, keys, 10 * MINUTE)).to.equal("Unauthenticated");
    keys.replace([], 10 * MINUTE);
    expect(verdict(keys, fresh, 60 * MINUTE)).to.equal("opened");
    expect(verdict(none, keys, 60 * MINUTE)).to.equal("Unauthenticated");
  });

  it("lets all nodes understand each other while they exchange keys, none seeing them later than 3 minutes after another", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 * MINUTE - 1 }),
        fc.nat(20 * MINUTE),
        fc.boolean(),
        (later, now, first) => {
          const [a, b] = [new HeartbeatKeys(first ? [] : ["old"]), new HeartbeatKeys(first ? [] : ["old"])];
          a.replace(["new"], 0);
          if (now >= later) b.replace(["new"], later);
          expect(verdict(a, b, now)).to.equal("opened");
          expect(verdict(b, a, now)).to.equal("opened");
        },
      ),
    ));
});

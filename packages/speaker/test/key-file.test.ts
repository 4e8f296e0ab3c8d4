import { setImmediate as breath } from "node:timers/promises";
import type { HeartbeatKeys } from "@fairlead/l2";
import { UsageError } from "@fairlead/runtime";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { followKeyFile, parseKeys } from "../src/key-file.ts";

const OLD = "an old key of the cluster";
const NEW = "a new key of the cluster";
const SIGNS_AFTER = 180_000;

describe("parseKeys", () => {
  const ROWS: readonly { name: string; text: string; keys: string[] }[] = [
    { name: "nothing", text: "", keys: [] },
    { name: "a key", text: OLD, keys: [OLD] },
    { name: "a key with an end of line", text: `${OLD}\r\n`, keys: [OLD] },
    { name: "two keys with blanks and an empty line", text: ` ${NEW}\n\n${OLD} \n`, keys: [NEW, OLD] },
  ];
  for (const { name, text, keys } of ROWS) it(`reads ${name}`, () => expect(parseKeys(text)).to.deep.equal(keys));

  it("refuses a short key, without showing it", () =>
    expect(() => parseKeys(`${OLD}\nsecret`)).to.throw(
      UsageError,
      /^Cannot use the heartbeat keys: line 2 must have 16 characters or more, got 6$/,
    ));
});

describe("followKeyFile", () => {
  let clock: FakeClock;
  let log: MemoryLog;
  let text: string | undefined;
  let failure: Error | undefined;
  beforeEach(() => {
    clock = new FakeClock();
    log = new MemoryLog();
    text = OLD;
    failure = undefined;
  });

  const follow = () =>
    followKeyFile({
      read: async () => {
        if (failure !== undefined) throw failure;
        return text;
      },
      clock,
      log,
    });
  const pass = async (millis: number) => {
    for (let left = millis; left > 0; left -= 5_000) {
      await clock.advance(5_000);
      await breath();
    }
  };
  const signer = (keys: HeartbeatKeys) => {
    const { tag = new Uint8Array() } = keys.seal(new Uint8Array(), clock.monotonic());
    return Buffer.from(tag).toString("hex");
  };
  const errors = () => log.lines.filter(({ level }) => level === "error");

  it("follows what is written to the file", async () => {
    const keys = await follow();
    const old = signer(keys);
    text = NEW;
    await pass(5_000);
    expect(signer(keys)).to.equal(old);
    await pass(SIGNS_AFTER);
    expect(signer(keys)).not.to.equal(old);
  });

  it("waits for a file that is not there yet", async () => {
    text = undefined;
    const keys = await follow();
    expect(keys.present).to.equal(false);
    text = NEW;
    await pass(5_000);
    expect(keys.present).to.equal(true);
    await pass(SIGNS_AFTER);
    expect(signer(keys)).not.to.equal("");
  });

  it("stays with the last keys when the file is gone, emptied or spoilt, and takes the next good ones", async () => {
    const keys = await follow();
    const old = signer(keys);
    for (const now of [undefined, "", "short"]) {
      text = now;
      await pass(SIGNS_AFTER);
      expect(signer(keys), String(now)).to.equal(old);
    }
    expect(errors(), "said once, not at every look").to.have.length(1);
    text = NEW;
    await pass(SIGNS_AFTER + 10_000);
    expect(signer(keys)).not.to.equal(old);
  });

  it("goes on when the file cannot be read for a while", async () => {
    const keys = await follow();
    const old = signer(keys);
    failure = new Error("permission denied");
    await pass(60_000);
    expect(errors()).to.have.length(1);
    failure = undefined;
    text = NEW;
    await pass(SIGNS_AFTER + 10_000);
    expect(signer(keys)).not.to.equal(old);
  });

  it("refuses to start with what is no key", async () => {
    text = "short";
    const error = await follow().catch((caught) => caught);
    expect(error).to.be.instanceOf(UsageError);
  });
});

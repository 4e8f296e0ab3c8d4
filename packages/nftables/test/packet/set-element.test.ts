import { decodeNetlink } from "@fairlead/linux";
import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { refreshElementBatch } from "../../src/packet/set-element.ts";

const ELEMENT = { table: "t", set: "gate", key: Uint8Array.of(8, 6), timeoutMillis: 700 };
const NAMES = "0600010074000000 0900020067617465 00000000";
const KEY = "0c000180 0600010008060000";
const TIMEOUT = "0c000400 00000000000002bc";

// nfgenmsg of family netdev (5), then the attributes, nested three deep.
const ADD = `05000000 ${NAMES} 20000380 1c000180 ${KEY} ${TIMEOUT}`;
const DELETE = `05000000 ${NAMES} 14000380 10000180 ${KEY}`;

describe("refreshElementBatch", () => {
  const messages = decodeNetlink(refreshElementBatch(ELEMENT, 9));

  it("is one transaction: make sure that it is there, delete, add", () => {
    const types = messages.map(({ type }) => type);
    expect(types).to.deep.equal([0x10, 0x0a0c, 0x0a0e, 0x0a0c, 0x11]);
  });

  it("asks for creation where it adds, and nowhere for an acknowledgement", () =>
    expect(messages.map(({ flags }) => flags)).to.deep.equal([1, 0x401, 1, 0x401, 1]));

  it("carries its sequence number in every message", () =>
    expect(new Set(messages.map(({ sequence }) => sequence))).to.deep.equal(new Set([9])));

  const payloads = ["0000000a", ADD, DELETE, ADD, "0000000a"];
  for (const [i, hex] of payloads.entries()) {
    it(`encodes message ${i}`, () =>
      expect(toHex(messages[i]?.payload ?? fromHex(""))).to.equal(hex.replaceAll(" ", "")));
  }

  it("keeps keys of any length", () => {
    const key = fromHex("20010db8000000000000000000000001");
    const [, add] = decodeNetlink(refreshElementBatch({ ...ELEMENT, key }, 1));
    expect(toHex(add?.payload ?? fromHex(""))).to.contain(`14000100${toHex(key)}`);
  });
});

import { fromHex } from "@fairlead/testing";
import { expect } from "chai";
import { explainNotification, type NotificationMeaning } from "../../src/packet/explain-notification.ts";
import { readCommunication, writeCommunication } from "../../src/packet/shutdown-communication.ts";

const IPV4 = { afi: 1, safi: 1 };

const MEANINGS: readonly { of: string; code: number; subcode: number; hex: string; meaning: NotificationMeaning }[] = [
  {
    of: "a shutdown with a text",
    code: 6,
    subcode: 2,
    hex: "05 68656c6c6f",
    meaning: {
      name: "AdministrativeShutdown",
      words: "Cease: Administrative Shutdown (6/2)",
      communication: "hello",
    },
  },
  {
    of: "a shutdown with a text longer than the message",
    code: 6,
    subcode: 2,
    hex: "50 68656c6c6f",
    meaning: { name: "AdministrativeShutdown", words: "Cease: Administrative Shutdown (6/2)" },
  },
  {
    of: "a reset with a text that is no UTF-8",
    code: 6,
    subcode: 4,
    hex: "03 fffefd",
    meaning: { name: "AdministrativeReset", words: "Cease: Administrative Reset (6/4)" },
  },
  {
    of: "a reset with line ends and a change of direction",
    code: 6,
    subcode: 4,
    hex: "07 610a620de280ae",
    meaning: {
      name: "AdministrativeReset",
      words: "Cease: Administrative Reset (6/4)",
      communication: "a\ufffdb\ufffd\ufffd",
    },
  },
  {
    of: "a Hard Reset for a shutdown",
    code: 6,
    subcode: 9,
    hex: "06 02 05 68656c6c6f",
    meaning: {
      name: "HardReset",
      words: "Cease: Hard Reset (6/9)",
      inner: {
        name: "AdministrativeShutdown",
        words: "Cease: Administrative Shutdown (6/2)",
        communication: "hello",
      },
    },
  },
  {
    of: "a Hard Reset for nothing",
    code: 6,
    subcode: 9,
    hex: "06",
    meaning: { name: "HardReset", words: "Cease: Hard Reset (6/9)" },
  },
  {
    of: "Hard Resets in one another",
    code: 6,
    subcode: 9,
    hex: "0609".repeat(30_000),
    meaning: {
      name: "HardReset",
      words: "Cease: Hard Reset (6/9)",
      inner: { name: "HardReset", words: "Cease: Hard Reset (6/9)" },
    },
  },
  {
    of: "too many prefixes (FRR)",
    code: 6,
    subcode: 1,
    hex: "0001 01 00000002",
    meaning: {
      name: "MaximumNumberOfPrefixesReached",
      words: "Cease: Maximum Number of Prefixes Reached (6/1)",
      limit: { family: IPV4, prefixes: 2 },
    },
  },
  {
    of: "too many prefixes (BIRD)",
    code: 6,
    subcode: 1,
    hex: "",
    meaning: { name: "MaximumNumberOfPrefixesReached", words: "Cease: Maximum Number of Prefixes Reached (6/1)" },
  },
  {
    of: "capabilities that are not supported (FRR)",
    code: 2,
    subcode: 7,
    hex: "0104 0001 0080",
    meaning: {
      name: "UnsupportedCapability",
      words: "OPEN Message Error: Unsupported Capability (2/7)",
      capabilities: [{ kind: "multiprotocol", family: { afi: 1, safi: 128 } }],
    },
  },
  {
    of: "an error without a subcode",
    code: 4,
    subcode: 0,
    hex: "",
    meaning: { name: "HoldTimerExpired", words: "Hold Timer Expired (4/0)" },
  },
  {
    of: "a deprecated subcode (FRR)",
    code: 2,
    subcode: 5,
    hex: "",
    meaning: { words: "OPEN Message Error: unknown subcode (2/5)" },
  },
  { of: "no error (GoBGP)", code: 0, subcode: 0, hex: "", meaning: { words: "unknown error (0/0)" } },
  {
    of: "an unknown error",
    code: 12,
    subcode: 7,
    hex: "7879",
    meaning: { words: "unknown error: unknown subcode (12/7)" },
  },
];

describe("the meaning of a NOTIFICATION", () => {
  for (const { of, code, subcode, hex, meaning } of MEANINGS) {
    it(`is said of ${of}`, () => {
      const data = fromHex(hex);
      expect(explainNotification({ kind: "notification", code, subcode, data })).to.deep.equal(meaning);
    });
  }
});

const TEXTS = [
  { name: "an empty text", text: "", read: "" },
  { name: "255 octets", text: "x".repeat(255), read: "x".repeat(255) },
  { name: "256 octets, cut", text: "x".repeat(256), read: "x".repeat(255) },
  { name: "a character that goes beyond, left out whole", text: `${"x".repeat(253)}\u20ac`, read: "x".repeat(253) },
];

describe("a shutdown communication", () => {
  for (const { name, text, read } of TEXTS) {
    it(`has ${name}`, () => {
      const data = writeCommunication(text);
      expect(data[0]).to.equal(data.length - 1);
      expect(readCommunication(data)).to.equal(read);
    });
  }
});

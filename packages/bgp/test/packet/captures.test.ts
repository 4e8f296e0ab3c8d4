import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { encodeMessage } from "../../src/packet/codec.ts";
import type { Message } from "../../src/packet/message.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";
import { CAPTURES, type Capture } from "./captures.ts";
import { decodeOctets, EXTERNAL } from "./decoding.ts";
import { tsharkWords } from "./tshark-words.ts";

const MARKER = "ff".repeat(16);

/** Captures that are in another form than ours, by what is different. */
const OTHER_FORMS: Readonly<Record<string, readonly string[]>> = {
  "a parameter for each capability": [
    "frr-open-addpath",
    "frr-open-addpath-2",
    "frr-open-as4",
    "frr-open-both-over-v4",
    "frr-open-both-over-v4-2",
    "frr-open-both-over-v6-8950",
    "frr-open-both-over-v6-8950-2",
    "frr-open-gr",
    "frr-open-gr-2",
    "frr-open-hold0",
    "frr-open-hold0-2",
    "frr-open-v4",
    "frr-open-v4-2",
    "frr-open-v6",
    "frr-open-v6-2",
    "scripted-open-unknown-capability",
  ],
  "a length of two octets where one is enough": [
    "bird-update-attrs-2",
    "bird-update-both-over-v6-8950",
    "bird-update-both-over-v6-8950-2",
    "bird-update-ibgp-2",
    "bird-update-ll",
    "bird-update-ll-2",
    "bird-update-v6",
    "bird-update-v6-3",
    "frr-update-as-trans",
    "frr-update-as-trans-2",
    "frr-update-attrs",
    "frr-update-attrs-2",
    "frr-update-both-over-v6-8950",
    "frr-update-both-over-v6-8950-2",
    "frr-update-both-over-v6-8950-3",
    "frr-update-both-over-v6-8950-4",
    "frr-update-gshut",
    "frr-update-gshut-2",
    "frr-update-gshut-3",
    "frr-update-ibgp",
    "frr-update-ibgp-2",
    "frr-update-many",
    "frr-update-many-3",
    "frr-update-many-4",
    "frr-update-rogue",
    "frr-update-v4",
    "frr-update-v4-2",
    "frr-update-v4-5",
    "frr-update-v6",
    "frr-update-v6-2",
    "frr-update-v6-4",
    "frr-update-v6-5",
  ],
  "routes not in the first attribute": [
    "gobgp-update-attrs",
    "gobgp-update-attrs-2",
    "gobgp-update-both-over-v4",
    "gobgp-update-both-over-v6-8950",
    "gobgp-update-ibgp",
    "gobgp-update-ibgp-2",
    "gobgp-update-ll",
    "gobgp-update-ll-2",
    "gobgp-update-v6",
    "scripted-update-v4-nlri-in-mp-reach",
    "scripted-update-v6-next-hop-16",
    "scripted-update-v6-next-hop-32",
    "scripted-update-v6-next-hop-ll-16",
    "scripted-update-v6-next-hop-zero-and-ll",
  ],
  "the Partial flag of an attribute that is known": ["scripted-update-community-partial-flag"],
};
const IN_OTHER_FORMS = new Set(Object.values(OTHER_FORMS).flat());

/** Captures that have routes in more than one place, which we never send. */
const ROUTES_IN_SEVERAL_PLACES: ReadonlySet<string> = new Set([
  "scripted-update-announce-and-withdraw",
  "scripted-update-mp-reach-last",
  "scripted-update-same-prefix-withdrawn-and-announced",
]);

function traitsOf({ name }: Capture): SessionTraits {
  const fourOctetAs = !name.includes("as-trans") && !name.includes("nocap");
  return { ...EXTERNAL, fourOctetAs, internal: name.includes("ibgp") };
}

function decode(capture: Capture): Message {
  const decoded = decodeOctets(fromHex(MARKER + capture.hex), traitsOf(capture));
  if (decoded.kind === "error") throw new Error(decoded.reason);
  expect(decoded.faults).to.deep.equal([]);
  return decoded.message;
}

describe("captured BGP messages", () => {
  for (const capture of CAPTURES) {
    it(`decode: ${capture.name}`, () => expect(tsharkWords(decode(capture))).to.equal(capture.says));
  }
  for (const capture of CAPTURES.filter(({ name }) => !ROUTES_IN_SEVERAL_PLACES.has(name))) {
    const encoded = (): Uint8Array => encodeMessage(decode(capture), traitsOf(capture));
    if (IN_OTHER_FORMS.has(capture.name)) {
      it(`mean the same in our form: ${capture.name}`, () => {
        const hex = toHex(encoded()).slice(MARKER.length);
        expect(hex).to.not.equal(capture.hex);
        expect(sorted(decode({ ...capture, hex }))).to.deep.equal(sorted(decode(capture)));
      });
    } else {
      it(`are encoded as they came: ${capture.name}`, () => {
        expect(toHex(encoded())).to.equal(MARKER + capture.hex);
      });
    }
  }
  for (const capture of CAPTURES.filter(({ name }) => ROUTES_IN_SEVERAL_PLACES.has(name))) {
    it(`are not encoded with routes in several places: ${capture.name}`, () => {
      expect(() => encodeMessage(decode(capture), traitsOf(capture))).to.throw(
        RangeError,
        "must have routes in one place",
      );
    });
  }
});

/** The message with its attributes in one order. */
function sorted(message: Message): Message {
  if (message.kind !== "update") return message;
  return { ...message, attributes: message.attributes.toSorted((a, b) => a.kind.localeCompare(b.kind)) };
}

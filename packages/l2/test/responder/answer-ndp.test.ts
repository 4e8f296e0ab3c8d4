import { formatAddress, parseAddress } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { decodeNdp, encodeNdp, type NdpMessage } from "../../src/packet/ndp.ts";
import { answerNdp } from "../../src/responder/answer-ndp.ts";

const OWN = "02:00:5e:00:53:01";
const CLIENT = "02:00:5e:00:53:02";
const VIP = parseAddress("2001:db8::50");
const SOURCE = parseAddress("fe80::2");
const UNSPECIFIED = parseAddress("::");
const ANSWERED = new Set(["2001:db8::50"]);
const SOLICITATION: NdpMessage = { kind: "solicitation", target: VIP, mac: CLIENT };
const ANSWER = { kind: "advertisement", router: false, override: true, target: VIP, mac: OWN };

const ANSWERS = [
  {
    name: "a solicitation, to who asks, with Solicited set",
    message: SOLICITATION,
    source: SOURCE,
    destination: "fe80::2",
    answer: { ...ANSWER, solicited: true },
  },
  {
    name: "a solicitation without an option, as one that was sent to the node alone has",
    message: { kind: "solicitation", target: VIP },
    source: SOURCE,
    destination: "fe80::2",
    answer: { ...ANSWER, solicited: true },
  },
  {
    name: "a probe for duplicates, to all nodes, with Solicited clear",
    message: { kind: "solicitation", target: VIP },
    source: UNSPECIFIED,
    destination: "ff02::1",
    answer: { ...ANSWER, solicited: false },
  },
] as const;

const DROPS = [
  {
    name: "a probe with a link-layer address (RFC 4861 §7.1.1)",
    octets: encodeNdp(SOLICITATION),
    source: UNSPECIFIED,
    drop: "Malformed",
  },
  { name: "what is no message", octets: new Uint8Array(8), source: SOURCE, drop: "Malformed" },
  {
    name: "an advertisement",
    octets: encodeNdp({ kind: "advertisement", router: false, solicited: false, override: true, target: VIP }),
    source: SOURCE,
    drop: "NotRequest",
  },
  {
    name: "a solicitation for another address",
    octets: encodeNdp({ ...SOLICITATION, target: parseAddress("2001:db8::51") }),
    source: SOURCE,
    drop: "NotAnsweredFor",
  },
] as const;

describe("answerNdp", () => {
  for (const { name, message, source, destination, answer } of ANSWERS) {
    it(`answers ${name}`, () => {
      const result = answerNdp(ANSWERED, OWN, encodeNdp(message), source);
      if ("drop" in result) throw new Error(`must be answered, got ${result.drop}`);
      expect(formatAddress(result.destination)).to.equal(destination);
      expect(decodeNdp(result.reply)).to.deep.equal(answer);
    });
  }
  for (const { name, octets, source, drop } of DROPS) {
    it(`drops ${name}`, () => expect(answerNdp(ANSWERED, OWN, octets, source)).to.deep.equal({ drop }));
  }
  it("takes any octets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        expect(answerNdp(ANSWERED, OWN, octets, SOURCE)).to.have.property("drop");
      }),
    );
  });
});

import { parseAddress } from "@fairlead/net";
import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import { arpProbe, arpRequest, decodeArp, gratuitousReply } from "../../src/packet/arp.ts";
import { decodeEthernet, type EthernetFrame, encodeEthernet } from "../../src/packet/ethernet.ts";
import { answerArp } from "../../src/responder/answer-arp.ts";
import { DROP_REASONS } from "../../src/responder/drop-reason.ts";

const OWN = "02:00:5e:00:53:01";
const VIP = parseAddress("192.0.2.50");
const CLIENT = { mac: "02:00:5e:00:53:02", ip: parseAddress("192.0.2.2") };
const ANSWERED = new Set(["192.0.2.50", "192.0.2.51"]);

const answer = (frame: EthernetFrame) => answerArp(ANSWERED, OWN, encodeEthernet(frame));
const request = arpRequest(CLIENT, VIP);

const DROPPED = [
  { name: "octets that are no frame", octets: fromHex("00"), drop: "Malformed" },
  { name: "a frame that is no ARP", octets: encodeEthernet({ ...request, etherType: 0x0800 }), drop: "Malformed" },
  { name: "a cut packet", octets: encodeEthernet(request).slice(0, 30), drop: "Malformed" },
  { name: "a reply", octets: encodeEthernet(gratuitousReply({ ...CLIENT, ip: VIP })), drop: "NotRequest" },
  {
    name: "a request that was sent to somebody else",
    octets: encodeEthernet({ ...request, destination: "02:00:5e:00:53:99" }),
    drop: "OtherDestination",
  },
  {
    name: "a request that was sent to a group",
    octets: encodeEthernet({ ...request, destination: "01:00:5e:00:00:01" }),
    drop: "OtherDestination",
  },
  {
    name: "a request for another address",
    octets: encodeEthernet(arpRequest(CLIENT, parseAddress("192.0.2.52"))),
    drop: "NotAnsweredFor",
  },
] as const;

describe("answerArp", () => {
  it("Y-64, E-225: answers a broadcast request with its own address, to the sender alone", () => {
    expect(answer(request)).to.deep.equal({
      address: VIP,
      client: CLIENT.ip,
      reply: fromHex(
        `02005e005302 02005e005301 0806 0001080006040002 02005e005301 c0000232 02005e005302 c0000202 ${"00".repeat(18)}`,
      ),
    });
  });
  it("answers a request that was sent to the link alone", () =>
    expect(answer({ ...request, destination: OWN })).to.have.property("reply"));
  it("answers a probe (RFC 5227), so that nobody else takes the address", () =>
    expect(answer(arpProbe(CLIENT.mac, VIP))).to.have.property("reply"));
  for (const { name, octets, drop } of DROPPED) {
    it(`drops ${name}`, () => expect(answerArp(ANSWERED, OWN, octets)).to.deep.equal({ drop }));
  }
  it("Y-66: has a row for every reason but the responder's own", () => {
    const wanted = DROP_REASONS.filter((reason) => reason !== "Expired" && reason !== "OtherShare");
    expect(new Set(DROPPED.map(({ drop }) => drop))).to.deep.equal(new Set(wanted));
  });
  it("is total, and answers only for what it was told to", () => {
    const some = fc.tuple(fc.nat(60), fc.uint8Array({ maxLength: 4 })).map(([at, octets]) => {
      const frame = encodeEthernet(request);
      frame.set(octets.slice(0, frame.length - at), at);
      return frame;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), some), (octets) => {
        const result = answerArp(ANSWERED, OWN, octets);
        if ("drop" in result) return;
        const frame = decodeEthernet(result.reply);
        expect(toHex(result.reply.slice(0, 6))).to.equal(toHex(octets.slice(6, 12)));
        expect(decodeArp(frame.payload).sender.mac).to.equal(OWN);
        expect([0xc0000232n, 0xc0000233n]).to.include(decodeArp(frame.payload).sender.ip.value);
      }),
    );
  });
});

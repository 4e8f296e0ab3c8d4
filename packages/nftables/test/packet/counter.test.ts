import { decodeNetlink } from "@fairlead/linux";
import { DecodeError } from "@fairlead/net";
import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import { decodeCounter, objectDumpRequest } from "../../src/packet/counter.ts";

describe("nftables counters", () => {
  it("asks for all objects of one table", () => {
    const { type, flags, payload } = objectDumpRequest("t", 1);
    expect([type, flags]).to.deep.equal([0x0a13, 0x301]);
    expect(toHex(payload)).to.equal("05000000" + "0600010074000000");
  });

  // What a kernel 6.18 answers about `table netdev t { counter Answered { packets 2 bytes 84 } }`.
  const answer =
    "64000000120a020801000000010000000500000206000100740000000d000200416e7377657265640000000008000300000000010c000600000000000000000108000500000000001c0004000c00010000000000000000540c0002000000000000000002";

  it("reads what the kernel answers", () => {
    const counters = decodeNetlink(fromHex(answer)).map(decodeCounter);
    expect(counters).to.deep.equal([{ name: "Answered", packets: 2 }]);
  });

  it("takes no notice of other messages", () => {
    const [message] = decodeNetlink(fromHex(answer));
    expect(message && decodeCounter({ ...message, type: 3 })).to.equal(undefined);
  });

  it("reads or refuses whatever comes", () => {
    const [message = expect.fail()] = decodeNetlink(fromHex(answer));
    fc.assert(
      fc.property(
        fc.nat(message.payload.length - 1),
        fc.nat(255),
        fc.nat(message.payload.length),
        (at, octet, length) => {
          const payload = message.payload.slice(0, length);
          payload[at] = octet;
          try {
            decodeCounter({ ...message, payload });
          } catch (error) {
            expect(error).to.be.instanceOf(DecodeError);
          }
        },
      ),
    );
  });
});

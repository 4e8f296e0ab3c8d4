import { type Family, type IpAddress, type Mac, parseAddress } from "@fairlead/net";
import { expect } from "chai";
import type { Responder } from "../ports.ts";

/** A responder on a link, and a client on the other end of it. */
export interface ResponderBench {
  readonly responder: Responder;
  /** Ethernet address of the responder's link. */
  readonly mac: Mac;
  /**
   * Asks who has `address` until an answer comes or the client gives up, which it does soon. `destination` is where the
   * frame goes, to all, or to the solicited-node group, unless told. Returns the Ethernet address in the answer.
   */
  ask(address: IpAddress, destination?: Mac): Promise<Mac | undefined>;
  /** Lets more than the responder's timeout go by without a refresh. */
  expire(): Promise<void>;
  close(): Promise<void>;
}

const ADDRESSES = {
  4: [parseAddress("192.0.2.50"), parseAddress("192.0.2.51")],
  6: [parseAddress("2001:db8::50"), parseAddress("2001:db8::51")],
} as const;
const OTHER_MAC: Mac = "02:00:5e:00:53:99";

/** Tests that every {@link Responder} passes; `open` gives a fresh one that was told nothing yet. */
export function responderCompliance(name: string, open: () => Promise<ResponderBench>): void {
  for (const family of [4, 6] as const) suite(name, family, open);
}

function suite(name: string, family: Family, open: () => Promise<ResponderBench>): void {
  const [FIRST, SECOND] = ADDRESSES[family];
  const [OTHER_FAMILY] = ADDRESSES[family === 4 ? 6 : 4];
  describe(`Responder: ${name}, IPv${family}`, () => {
    let bench: ResponderBench;
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());

    /** Asks while the responder is refreshed, so that a slow client is not taken for a silent responder. */
    const ask = async (address: IpAddress, destination?: Mac) => {
      bench.responder.refresh();
      const keepAlive = setInterval(() => bench.responder.refresh(), 50);
      try {
        return await bench.ask(address, destination);
      } finally {
        clearInterval(keepAlive);
      }
    };

    it("answers for its addresses and for no other", async () => {
      await bench.responder.answer([FIRST]);
      expect(await ask(FIRST)).to.equal(bench.mac);
      expect(await ask(SECOND)).to.equal(undefined);
    });

    it("answers nothing before it is told to", async () => {
      expect(await ask(FIRST)).to.equal(undefined);
    });

    it("answers a request that was sent to it alone", async () => {
      await bench.responder.answer([FIRST]);
      expect(await ask(FIRST, bench.mac)).to.equal(bench.mac);
    });

    it("ignores a request that was sent to somebody else", async () => {
      await bench.responder.answer([FIRST]);
      expect(await ask(FIRST, OTHER_MAC)).to.equal(undefined);
    });

    it("falls silent when it is not refreshed, and answers again when it is", async () => {
      await bench.responder.answer([FIRST]);
      await bench.expire();
      expect(await bench.ask(FIRST)).to.equal(undefined);
      expect(await ask(FIRST)).to.equal(bench.mac);
    });

    it("changes to other addresses", async () => {
      await bench.responder.answer([FIRST]);
      await bench.responder.answer([SECOND]);
      expect(await ask(FIRST)).to.equal(undefined);
      expect(await ask(SECOND)).to.equal(bench.mac);
    });

    it("falls silent at once when it has no address left", async () => {
      await bench.responder.answer([FIRST, SECOND]);
      await bench.responder.answer([]);
      expect(await ask(FIRST)).to.equal(undefined);
    });

    it("takes an address again that is there, twice, and beside one of the other family", async () => {
      await bench.responder.answer([OTHER_FAMILY, FIRST, FIRST]);
      await bench.responder.answer([FIRST, OTHER_FAMILY]);
      expect(await ask(FIRST)).to.equal(bench.mac);
      expect(await ask(OTHER_FAMILY)).to.equal(bench.mac);
    });

    it("answers as before once repaired, and nothing if it answered nothing", async () => {
      await bench.responder.repair();
      expect(await ask(FIRST)).to.equal(undefined);
      await bench.responder.answer([FIRST]);
      await bench.responder.repair();
      expect(await ask(FIRST)).to.equal(bench.mac);
      expect(await ask(SECOND)).to.equal(undefined);
    });

    it("answers nothing once closed", async () => {
      await bench.responder.answer([FIRST]);
      await bench.responder.close();
      expect(await ask(FIRST)).to.equal(undefined);
    });
  });
}

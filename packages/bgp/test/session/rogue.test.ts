import { expect } from "chai";
import fc from "fast-check";
import { encodeMessage } from "../../src/packet/codec.ts";
import { KEEPALIVE } from "../../src/packet/message.ts";
import { OPEN } from "../fsm/subjects.ts";
import { openScene, ROUTER, TRAITS } from "./scene.ts";

const MARKER = Array<number>(16).fill(0xff);
const header = (length: number, type: number) => Uint8Array.from([...MARKER, length >> 8, length & 0xff, type]);

/** What a router that is none may do with a connection. */
type Prank =
  | { readonly kind: "octets"; readonly octets: Uint8Array }
  | { readonly kind: "good"; readonly count: number }
  | { readonly kind: "half" }
  | { readonly kind: "close" | "abort" }
  | { readonly kind: "wait"; readonly millis: number };

const PRANKS: fc.Arbitrary<Prank> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((octets) => ({ kind: "octets", octets }) as const),
  fc
    .tuple(fc.integer({ min: 0, max: 70_000 }), fc.nat(9), fc.uint8Array({ maxLength: 64 }))
    .map(
      ([length, type, body]) =>
        ({ kind: "octets", octets: Uint8Array.of(...header(length % 65_536, type), ...body) }) as const,
    ),
  fc.nat(300).map((count) => ({ kind: "good", count }) as const),
  fc.constantFrom<Prank>({ kind: "half" }, { kind: "close" }, { kind: "abort" }),
  fc.nat(20_000).map((millis) => ({ kind: "wait", millis }) as const),
);

const OPENING = [OPEN, KEEPALIVE].map((message) => encodeMessage(message, TRAITS));

describe("a peer that is none", () => {
  it("brings no session to throw, is tried ever less often, and leaves nothing behind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(PRANKS, { maxLength: 30 }), async (pranks) => {
        const { clock, network, router, listener, events, session } = openScene();
        // It keeps nothing of what it hears.
        listener.close();
        network.listen(ROUTER, (connection) => {
          router.connections.splice(0, router.connections.length, connection);
          return { connected() {}, received() {}, progressed() {}, closed() {} };
        });
        session.start();
        for (const prank of pranks) {
          await clock.advance(prank.kind === "wait" ? prank.millis : 10);
          const connection = router.connections.at(-1);
          if (prank.kind === "octets") router.sayOctets(prank.octets);
          else if (prank.kind === "half") router.sayOctets(OPENING[0]?.slice(0, 25) ?? new Uint8Array());
          else if (prank.kind === "good")
            for (let i = 0; i < prank.count; i++) router.sayOctets(OPENING[Math.min(i, 1)] ?? new Uint8Array());
          else if (prank.kind === "close") connection?.close();
          else if (prank.kind === "abort") connection?.abort();
        }
        await clock.advance(0);
        expect(clock.pending).to.be.within(1, 2);
        expect(session.waiting).to.be.lessThan(4_096);
        const downs = events.filter(({ kind }) => kind === "down").length;
        const up = events.filter(({ kind }) => kind === "established").length;
        expect(downs - up).to.be.lessThan(pranks.length + 40);
        session.stop({ code: "Deconfigured" });
        await clock.advance(1_000);
        expect(clock.pending).to.equal(0);
      }),
      { numRuns: 200 },
    );
  });

  it("that closes each connection at once is tried 10 times in the first two minutes (BG-28)", async () => {
    const { clock, events, network, listener, session } = openScene();
    listener.close();
    network.listen(ROUTER, (connection) => {
      connection.close();
      return { connected() {}, received() {}, progressed() {}, closed() {} };
    });
    session.start();
    await clock.advance(120_000);
    expect(session.number).to.be.within(9, 11);
    expect(new Set(events.map((event) => event.kind === "down" && event.reason.code))).to.deep.equal(
      new Set(["ClosedBeforeOpen"]),
    );
  });

  it("that floods routes costs no memory, and no KEEPALIVE is late", async () => {
    const { clock, router, session, establish } = openScene();
    await establish();
    const update = encodeMessage({ kind: "update", withdrawnRoutes: [], attributes: [], nlri: [] }, TRAITS);
    const flood = new Uint8Array(1_000 * update.length);
    for (let i = 0; i < 1_000; i++) flood.set(update, i * update.length);
    for (let i = 0; i < 30; i++) {
      router.sayOctets(flood);
      await clock.advance(1_000);
    }
    expect(session.state.name).to.equal("Established");
    expect(router.kinds().filter((kind) => kind === "keepalive").length).to.be.within(11, 14);
    expect([session.waiting, clock.pending]).to.deep.equal([0, 1]);
  });

  it("that sends what is no header is told so and left alone for a while", async () => {
    const { clock, router, events, establish } = openScene();
    await establish();
    router.sayOctets(new Uint8Array(19));
    await clock.advance(0);
    expect(router.heard.at(-1)).to.include({ kind: "notification", code: 1, subcode: 1 });
    expect(events.at(-1)).to.deep.include({ kind: "down" });
  });
});

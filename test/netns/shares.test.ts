import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CLIENT_SLOTS, clientSlot, type Responder } from "@fairlead/l2";
import { parseAddress } from "@fairlead/net";
import { expect } from "chai";
import { type ClientLink, inKernel, inUserSpace, openClientLink, TIMEOUT_MILLIS } from "./responder-bench.ts";

const CLIENTS = 120;
const SLOTS = Array.from({ length: CLIENT_SLOTS }, (_, slot) => slot);
const OURS = new Set(SLOTS.filter((slot) => slot % 3 === 0));
const OTHERS = new Set(SLOTS.filter((slot) => slot % 3 !== 0));

/** As many clients in the subnet of the link, and two addresses of which one is shared. */
const FAMILIES = [
  { shared: "192.0.2.50", whole: "192.0.2.51", client: (i: number) => `192.0.2.${100 + i}` },
  { shared: "2001:db8::50", whole: "2001:db8::51", client: (i: number) => `2001:db8::1:${(4_096 + i).toString(16)}` },
] as const;

for (const make of [inKernel, inUserSpace]) {
  for (const { shared, whole, client } of FAMILIES) {
    describe(`${make.name}: the shared address ${shared}`, () => {
      const [address, other] = [parseAddress(shared), parseAddress(whole)];
      let lan: ClientLink;
      let responder: Responder;
      let keepAlive: NodeJS.Timeout;
      let outcomes: Map<string, number>;
      const clients = Array.from({ length: CLIENTS }, (_, i) => client(i));
      beforeEach(async () => {
        lan = await openClientLink();
        // Who answers by IPv6 asks in turn where the client is.
        const own = shared.includes(":") ? clients.map((one) => `address add ${one}/128 dev eth0 nodad`) : [];
        await lan.client.ip(...own);
        outcomes = new Map();
        responder = make(lan.link, {
          onOutcome: (outcome: string, count?: number) => {
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + (count ?? 1));
          },
        });
        keepAlive = setInterval(() => responder.refresh(), TIMEOUT_MILLIS / 5);
      });
      afterEach(async () => {
        clearInterval(keepAlive);
        await responder.close();
        await lan.close();
      });

      const answered = async (target: string) => {
        const script = fileURLToPath(new URL("ask-as.ts", import.meta.url));
        const { stdout } = await lan.client.run(process.execPath, script, "--target", target, ...clients);
        return [...new Set(stdout.split("\n").filter((line) => line !== ""))].sort();
      };
      const of = (slots: ReadonlySet<number>) =>
        clients.filter((one) => slots.has(clientSlot(parseAddress(one)))).sort();

      it("has what becomes of requests counted", async () => {
        await responder.answer([other], [{ address, slots: OURS }]);
        await answered(shared);
        await answered(whole);
        clearInterval(keepAlive);
        await delay(TIMEOUT_MILLIS + 100);
        await answered(shared);
        await answered(whole);
        await responder.close();
        const counted = ["Answered", "OtherShare", "Expired"].map((outcome) => outcomes.get(outcome));
        expect(counted).to.deep.equal([CLIENTS + of(OURS).length, of(OTHERS).length, 2 * CLIENTS]);
      });

      it("is answered to the clients of its part alone, and other addresses to all", async () => {
        await responder.answer([other], [{ address, slots: OURS }]);
        expect(await answered(shared)).to.deep.equal(of(OURS));
        expect(await answered(whole)).to.deep.equal([...clients].sort());
        await responder.answer([other], [{ address, slots: OTHERS }]);
        expect(await answered(shared)).to.deep.equal(of(OTHERS));
        await responder.answer([other, address]);
        expect(await answered(shared)).to.deep.equal([...clients].sort());
        await responder.answer([], [{ address, slots: OURS }]);
        clearInterval(keepAlive);
        await delay(TIMEOUT_MILLIS + 100);
        expect(await answered(shared), "nothing without a refresh").to.deep.equal([]);
      });
    });
  }
}

describe("clientSlot", () => {
  it("spreads clients over all parts", () => {
    for (const { client } of FAMILIES) {
      const slots = new Set(Array.from({ length: 1_000 }, (_, i) => clientSlot(parseAddress(client(i % 150)))));
      expect(slots.size).to.be.above(50);
    }
  });
});

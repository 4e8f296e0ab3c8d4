import { DEFAULT_TIMING } from "@fairlead/l2";
import { longestGap } from "@fairlead/testing";
import { expect } from "chai";
import { ASK_EVERY, DUAL_STACK, Site, VIP, VIP6 } from "./site.ts";

/** What a crash may cost: until it is noticed, the claim, and two heartbeats for what comes at the wrong moment. */
const CRASH_LIMIT = DEFAULT_TIMING.detection + DEFAULT_TIMING.claim + 2 * DEFAULT_TIMING.interval;

for (const [family, address] of [
  ["IPv4", VIP],
  ["IPv6", VIP6],
] as const) {
  describe(`the owner of an ${family} address`, () => {
    let site: Site;
    let owner: string;
    beforeEach(async () => {
      site = await Site.create(DUAL_STACK);
      await site.service("web", { ipFamilies: [family] });
      owner = await site.owner(address);
      site.client.askEvery(ASK_EVERY, address);
    });
    afterEach(() => site.close());

    /** The longest time without an answer to the client. */
    const gap = () => {
      const answers = site.client.exchanges(address).flatMap((exchange) => exchange.answers);
      return longestGap(answers.map(({ at }) => ({ startedAt: at, endedAt: at })))?.millis;
    };
    /** How many requests more than one node answered. */
    const doubles = () => {
      return site.client.exchanges(address).filter(({ answers }) => new Set(answers.map(({ mac }) => mac)).size > 1)
        .length;
    };

    for (const [what, crash] of [
      ["crashes with its node", () => site.at(owner).crash()],
      ["is killed", () => site.at(owner).kill()],
      ["loses its link", async () => site.at(owner).host.cut()],
    ] as const) {
      it(`is followed by one other within detection, claim and two heartbeats when it ${what}`, async () => {
        await site.pass(500);
        await crash();
        await site.settle();
        expect(await site.owner(address)).not.to.equal(owner);
        expect(gap()).to.be.at.most(CRASH_LIMIT + ASK_EVERY);
        expect(doubles()).to.equal(0);
      });
    }

    it("is named as having fallen silent, with how long that took", async () => {
      await site.pass(500);
      await site.at(owner).crash();
      await site.settle();
      const [move] = site.layer2Status(await site.owner(address)).moves ?? [];
      expect(move).to.include({
        address,
        service: "default/web",
        direction: "taken",
        cause: "OwnerSilent",
        peer: owner,
      });
      expect(move?.gapMilliseconds).to.be.within(DEFAULT_TIMING.detection, CRASH_LIMIT);
    });

    it("U-01, Y-26: does not get its address back when it comes back", async () => {
      site.at(owner).host.cut();
      await site.settle();
      const heir = await site.owner(address);
      site.at(owner).host.restore();
      await site.settle();
      expect(await site.answering(address)).to.deep.equal([heir]);
      expect(doubles()).to.equal(0);
      expect(site.layer2Status(owner)).to.deep.include({ owned: 0 });
      expect(site.layer2Status(heir)).to.deep.include({ owned: 1 });
    });

    it("hands over without a moment unanswered when it is stopped", async () => {
      await site.pass(500);
      const stopped = site.at(owner).stop();
      await site.settle();
      await stopped;
      expect(await site.owner(address)).not.to.equal(owner);
      expect(gap()).to.be.at.most(2 * ASK_EVERY);
      expect(site.layer2Status(owner)).to.deep.include({ owned: 0 });
    });

    it("stays the same when it is the only one that is not restarted", async () => {
      const [first = "", second = ""] = site.others(owner);
      const stopped = site.at(first).stop();
      await site.pass(500);
      await stopped;
      site.at(first).start();
      await site.settle();
      await site.at(second).kill();
      await site.settle();
      site.at(second).start();
      await site.settle();
      expect(await site.answering(address)).to.deep.equal([owner]);
      expect(gap()).to.be.at.most(2 * ASK_EVERY);
      expect(doubles()).to.equal(0);
    });

    it("takes its address again when all speakers are killed and start again", async () => {
      for (const { name } of site.nodes) await site.at(name).kill();
      await site.settle();
      expect(await site.answering(address)).to.deep.equal([]);
      for (const { name } of site.nodes) site.at(name).start();
      await site.settle();
      expect(await site.answering(address)).to.have.length(1);
      expect(doubles()).to.equal(0);
    });
  });
}

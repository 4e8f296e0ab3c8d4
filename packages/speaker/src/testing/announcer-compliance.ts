import { expect } from "chai";
import type { Announcer } from "../announce/announcer.ts";
import type { Plan } from "../plan/plan.ts";

/** An announcer of the only node that there is, and what is to be seen of it. */
export interface AnnouncerSubject {
  readonly announcer: Announcer;
  /** Whether a client finds the address at this node by now. */
  readonly isAnnounced: (address: string) => Promise<boolean>;
  /** Lets as much time go by as it takes to announce what it was told. */
  readonly settle: () => Promise<void>;
  /** How often it has said that its report may have changed. */
  readonly changes: () => number;
  readonly close: () => Promise<void>;
}

/** What the suite has an announcer do. */
export interface AnnouncerPlans {
  /** A plan for these addresses, which this node may announce. */
  readonly of: (...addresses: string[]) => Plan;
  /** A plan for an address that this node may not announce. */
  readonly forbidden: (address: string) => Plan;
}

const [FIRST, SECOND] = ["192.0.2.10", "192.0.2.11"] as const;

/** What every {@link Announcer} must do. */
export function describeAnnouncer(name: string, start: () => AnnouncerSubject, plans: AnnouncerPlans): void {
  describe(`${name} as an announcer`, () => {
    let subject: AnnouncerSubject;
    beforeEach(() => {
      subject = start();
    });
    afterEach(() => subject.close());

    const want = async (plan: Plan, forwarded: ReadonlySet<string> | undefined) => {
      subject.announcer.want(plan, forwarded);
      await subject.settle();
    };
    const announced = async () => {
      const found: string[] = [];
      for (const address of [FIRST, SECOND]) if (await subject.isAnnounced(address)) found.push(address);
      return found;
    };
    const reported = () => {
      const { addresses = [] } = subject.announcer.report() as { addresses?: { address: string }[] };
      return addresses.map(({ address }) => address).sort();
    };

    it("announces nothing before the node forwards", async () => {
      await want(plans.of(FIRST), undefined);
      expect(await announced()).to.deep.equal([]);
      expect(reported()).to.deep.equal([]);
    });

    it("announces what is wanted and forwarded, and reports it", async () => {
      await want(plans.of(FIRST, SECOND), new Set([FIRST]));
      expect(await announced()).to.deep.equal([FIRST]);
      expect(reported()).to.deep.equal([FIRST]);
      await want(plans.of(FIRST, SECOND), new Set([FIRST, SECOND]));
      expect(await announced()).to.deep.equal([FIRST, SECOND]);
      expect(reported()).to.deep.equal([FIRST, SECOND]);
    });

    it("announces nothing that is forwarded but not wanted, or wanted of others alone", async () => {
      await want(plans.of(FIRST), new Set([FIRST, SECOND]));
      expect(await announced()).to.deep.equal([FIRST]);
      await want(plans.forbidden(FIRST), new Set([FIRST]));
      expect(await announced()).to.deep.equal([]);
    });

    it("withdraws what is wanted no more, though it is still forwarded", async () => {
      const both = new Set([FIRST, SECOND]);
      await want(plans.of(FIRST, SECOND), both);
      await want(plans.of(SECOND), both);
      expect(await announced()).to.deep.equal([SECOND]);
      expect(reported()).to.deep.equal([SECOND]);
    });

    it("has the last of several plans count", async () => {
      const both = new Set([FIRST, SECOND]);
      subject.announcer.want(plans.of(FIRST), both);
      subject.announcer.want(plans.of(), both);
      await want(plans.of(SECOND), both);
      expect(await announced()).to.deep.equal([SECOND]);
    });

    it("says that its report may have changed, and reports plain data", async () => {
      const before = subject.changes();
      await want(plans.of(FIRST), new Set([FIRST]));
      expect(subject.changes()).to.be.above(before);
      const report = subject.announcer.report();
      expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
    });

    it("is silent for good once it is stopped, by its report too", async () => {
      await want(plans.of(FIRST), new Set([FIRST]));
      const stopped = subject.announcer.stop();
      await subject.settle();
      await stopped;
      await want(plans.of(FIRST), new Set([FIRST]));
      expect(await announced()).to.deep.equal([]);
      expect(reported()).to.deep.equal([]);
      expect(subject.announcer.report()).to.include({ owned: 0 });
    });
  });
}

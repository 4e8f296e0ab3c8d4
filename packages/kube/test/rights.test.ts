import type { Permission } from "@fairlead/model";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { StoreError } from "../src/ports.ts";
import { Rights } from "../src/rights.ts";

const LIST: Permission = { verb: "list", group: "", resource: "nodes" };

describe("Rights", () => {
  let clock: FakeClock;
  let asked: number;
  let answer: () => readonly Permission[];
  let rights: Rights;
  beforeEach(() => {
    clock = new FakeClock();
    asked = 0;
    const refused = async () => {
      asked += 1;
      return answer();
    };
    rights = new Rights({ store: { refused }, permissions: async () => [LIST], clock, log: new MemoryLog() });
  });
  afterEach(() => rights.stop());

  it("asks again every few seconds while something is missing, and knows when it is there", async () => {
    answer = () => [LIST];
    rights.ask();
    await clock.advance(10);
    expect(rights.missing).to.deep.equal([LIST]);
    answer = () => [];
    await clock.advance(5_000);
    expect(rights.missing).to.deep.equal([]);
  });

  it("asks seldom when nothing is missing, and at once when told to", async () => {
    answer = () => [];
    rights.ask();
    await clock.advance(300_000);
    expect(asked).to.equal(1);
    rights.ask();
    await clock.advance(10);
    expect(asked).to.equal(2);
    await clock.advance(700_000);
    expect(asked).to.equal(3);
  });

  it("keeps what it knows while the API server is away", async () => {
    answer = () => [LIST];
    rights.ask();
    await clock.advance(10);
    answer = () => {
      throw new StoreError("Unavailable", "away");
    };
    await clock.advance(20_000);
    expect(rights.missing).to.deep.equal([LIST]);
  });

  it("takes nothing for missing, and does not insist, where nobody may ask", async () => {
    answer = () => {
      throw new StoreError("Forbidden", "nobody may ask");
    };
    rights.ask();
    await clock.advance(60_000);
    expect([rights.missing, asked]).to.deep.equal([[], 1]);
  });
});

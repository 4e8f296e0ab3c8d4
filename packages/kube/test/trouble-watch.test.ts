import type { Trouble } from "@fairlead/model";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { notReadyWith, watchTroubles } from "../src/trouble-watch.ts";

const AWAY: Trouble = { code: "ApiUnreachable", why: "refused" };
const ABSENT: Trouble = { code: "KindMissing", kinds: ["servicecidrs.networking.k8s.io"], isPartial: true };

describe("watchTroubles", () => {
  let clock: FakeClock;
  let log: MemoryLog;
  let current: readonly Trouble[];
  let told: (readonly Trouble[])[];
  let stop: () => void;
  beforeEach(() => {
    clock = new FakeClock();
    log = new MemoryLog();
    current = [];
    told = [];
    stop = watchTroubles({ clock, log, current: () => current, onChange: (troubles) => told.push(troubles) });
  });
  afterEach(() => stop());
  const lines = () => log.lines.map(({ level, message, fields }) => `${level} ${message} ${fields.reason}`);

  it("says each trouble once, and when it is over", async () => {
    current = [AWAY, ABSENT];
    await clock.advance(10_000);
    expect(lines()).to.deep.equal([
      "error not ready ApiUnreachable",
      "warn going on without a part of the work KindMissing",
    ]);
    current = [ABSENT];
    await clock.advance(10_000);
    expect(lines().slice(2)).to.deep.equal(["info a trouble is over ApiUnreachable"]);
    expect(told).to.deep.equal([[AWAY, ABSENT], [ABSENT]]);
  });

  it("says within two seconds what lasts, and nothing of what does not", async () => {
    current = [AWAY];
    await clock.advance(500);
    current = [];
    await clock.advance(2_000);
    expect(lines()).to.deep.equal([]);
    current = [AWAY];
    await clock.advance(2_000);
    expect(lines()).to.have.length(1);
  });

  it("is not ready with what stops the work alone", () => {
    expect(notReadyWith([ABSENT])).to.equal(undefined);
    expect(notReadyWith([ABSENT, AWAY])).to.match(/^ApiUnreachable: Cannot [^\n]*refused$/);
  });
});

import { expect } from "chai";
import {
  flapped,
  reluctanceAt,
  type Steadiness,
  steadierAt,
  UNKNOWN_STEADINESS,
} from "../../src/ownership/steadiness.ts";

const MINUTE = 60_000;
const READY: Steadiness = { ...UNKNOWN_STEADINESS, readyAt: -MINUTE };

/** After flaps at these times. */
const after = (...times: number[]): Steadiness => times.reduce(flapped, READY);
/** Three flaps in a row, the last one at that time. */
const burst = (at: number): number[] => [at - 2, at - 1, at];

describe("steadiness", () => {
  const ROWS: readonly {
    name: string;
    steadiness: Steadiness;
    now: number;
    reluctance: string | undefined;
    until: number;
  }[] = [
    { name: "before it is ready", steadiness: UNKNOWN_STEADINESS, now: 0, reluctance: "WarmingUp", until: Infinity },
    {
      name: "when it has just become ready",
      steadiness: { ...UNKNOWN_STEADINESS, readyAt: 100 },
      now: 2_099,
      reluctance: "WarmingUp",
      until: 2_100,
    },
    {
      name: "2 s later",
      steadiness: { ...UNKNOWN_STEADINESS, readyAt: 100 },
      now: 2_100,
      reluctance: undefined,
      until: Infinity,
    },
    { name: "after two flaps", steadiness: after(1, 2), now: 3, reluctance: undefined, until: Infinity },
    { name: "after three", steadiness: after(1, 2, 3), now: 4, reluctance: "HoldDown", until: 3 + MINUTE },
    {
      name: "a minute after three",
      steadiness: after(1, 2, 3),
      now: 3 + MINUTE,
      reluctance: undefined,
      until: Infinity,
    },
    {
      name: "after three in more than a minute",
      steadiness: after(0, 30_000, MINUTE),
      now: MINUTE,
      reluctance: undefined,
      until: Infinity,
    },
  ];
  for (const { name, steadiness, now, reluctance, until } of ROWS) {
    it(`is ${reluctance ?? "given"} ${name}`, () => {
      expect(reluctanceAt(steadiness, now)).to.equal(reluctance);
      expect(steadierAt(steadiness, now)).to.equal(until);
    });
  }

  it("is lost for twice as long each time that it comes to that soon after, up to ten minutes", () => {
    let steadiness = READY;
    let now = 0;
    const holds: number[] = [];
    for (let i = 0; i < 6; i++) {
      steadiness = burst(now + MINUTE).reduce(flapped, steadiness);
      holds.push(steadiness.held / MINUTE);
      now = steadiness.heldUntil;
    }
    expect(holds).to.deep.equal([1, 2, 4, 8, 10, 10]);
  });

  it("is lost for a minute again when ten minutes have been calm", () => {
    const before = after(...burst(0), ...burst(2 * MINUTE));
    expect(before.held).to.equal(2 * MINUTE);
    expect(burst(before.heldUntil + 10 * MINUTE + 2).reduce(flapped, before).held).to.equal(MINUTE);
  });
});

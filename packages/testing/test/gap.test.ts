import { expect } from "chai";
import { longestGap, type ProbeResult } from "../src/gap.ts";

const answer = (startedAt: number, endedAt: number): ProbeResult => ({ startedAt, endedAt, pod: "a", client: "::1" });
const failure = (startedAt: number): ProbeResult => ({ startedAt, endedAt: startedAt + 300, error: "ETIMEDOUT" });

const RUNS: { name: string; results: ProbeResult[]; gap: [from: number, to: number] }[] = [
  { name: "a run that answers everything", results: [answer(0, 1), answer(10, 11), answer(20, 22)], gap: [11, 22] },
  { name: "a gap in the middle", results: [answer(0, 1), failure(10), failure(20), answer(30, 35)], gap: [1, 35] },
  { name: "no answer at first", results: [failure(0), failure(10), answer(20, 21), answer(30, 31)], gap: [0, 21] },
  { name: "no answer any more", results: [answer(0, 1), failure(10), failure(500)], gap: [1, 500] },
  { name: "no answer at all", results: [failure(0), failure(10)], gap: [0, 10] },
  { name: "answers out of order", results: [answer(20, 21), answer(0, 30), answer(10, 11)], gap: [0, 11] },
];

describe("longestGap", () => {
  for (const {
    name,
    results,
    gap: [from, to],
  } of RUNS) {
    it(`measures ${name}`, () => expect(longestGap(results)).to.deep.equal({ millis: to - from, from, to }));
  }
  it("has nothing to say without attempts", () => expect(longestGap([])).to.equal(undefined));
});

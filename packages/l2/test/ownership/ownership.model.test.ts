import fc from "fast-check";
import { everything, lives, type Scenario } from "./simulation/faults.ts";
import { play } from "./simulation/run.ts";

// FAIRLEAD_MODEL_RUNS makes it play more scenarios; a failure prints the seed and the shortest scenario found.
const MORE_RUNS = Number(process.env.FAIRLEAD_MODEL_RUNS ?? 0);

describe("Ownership on a simulated segment", function () {
  this.timeout(MORE_RUNS > 0 ? 0 : 30_000);

  const holds = (scenarios: fc.Arbitrary<Scenario>) =>
    fc.assert(
      fc.property(scenarios, (scenario) => void play(scenario)),
      { numRuns: MORE_RUNS || 20 },
    );

  it("keeps one owner for each address while speakers crash, pause, leave, return and are replayed", () =>
    holds(lives));

  it("keeps one owner for each address while links, frames and wishes fail as well", () => holds(everything));
});

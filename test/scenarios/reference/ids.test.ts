import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../../../", import.meta.url).pathname;

/** Every id of the reference, which describes what MetalLB does, about Layer 2 (L, Y, E): "tested", or why no test is about it. */
const IDS: ReadonlyMap<string, string> = new Map([
  ...all(
    "tested",
    "L-01 L-02 L-03 L-04 L-05 L-06 L-07 L-08 L-09 L-10 L-11",
    "Y-01 Y-02 Y-03 Y-04 Y-05 Y-06 Y-07 Y-08 Y-09 Y-10",
    "Y-21 Y-22 Y-23 Y-24 Y-25 Y-26 Y-27 Y-28 Y-29 Y-30 Y-52",
    "Y-60 Y-61 Y-62 Y-63 Y-64 Y-65 Y-66 Y-67 Y-68 Y-69 Y-70 Y-71 Y-72 Y-73 Y-74 Y-75 Y-80 Y-81 Y-90 Y-92 Y-93",
    "E-174 E-177 E-182 E-184 E-185 E-187 E-202 E-204 E-205 E-207 E-209 E-210 E-212 E-214 E-215 E-217 E-219 E-220",
    "E-222 E-224 E-225",
  ),
  ...all("the columns of kubectl get and the status, which config/crd has", "L-12 L-13"),
  ...all("the order in which MetalLB looks: all reasons are looked at, and the first that holds is told", "Y-20"),
  ...all("settings of memberlist, in whose place are heartbeats", "Y-40 Y-41 Y-42 Y-43 Y-44 Y-45 Y-46 Y-47 Y-48"),
  ...all("membership by memberlist, in whose place are heartbeats", "Y-50 Y-51 Y-53 Y-54 Y-55 Y-56 E-200"),
  ...all("a queue inside MetalLB", "Y-76"),
  ...all("how MetalLB is installed", "Y-91"),
  ...all("who deletes the status of a node: an administrator, with the node", "Y-94"),
]);

function all(said: string, ...ids: string[]): [id: string, said: string][] {
  return ids.flatMap((line) => line.split(" ")).map((id) => [id, said]);
}

/** Ids that names of tests begin with. */
function named(): Set<string> {
  const files = ["packages/*/test/**/*.test.ts", "test/{scenarios,netns,e2e}/**/*.test.ts"];
  const texts = files
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((file) => readFileSync(root + file, "utf8"));
  const names = texts.flatMap((text) => [...text.matchAll(/["`]((?:[LYE]-\d{2,3}(?:, )?)+)[:"]/g)]);
  return new Set(names.flatMap(([, ids = ""]) => ids.split(", ")));
}

describe("the ids of the reference about Layer 2", () => {
  const tested = [...IDS].filter(([, said]) => said === "tested").map(([id]) => id);

  it("each have a test that begins with it, if they are said to", () =>
    expect(tested.filter((id) => !named().has(id))).to.deep.equal([]));

  it("of L and Y are all known", () =>
    expect([...named()].filter((id) => !id.startsWith("E") && !IDS.has(id))).to.deep.equal([]));
});

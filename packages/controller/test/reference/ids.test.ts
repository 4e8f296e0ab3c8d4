import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { IDS } from "./ids.ts";

const root = new URL("../../../../", import.meta.url).pathname;

/** Ids that names of tests begin with, in the files of a pattern. */
function named(pattern: string): Set<string> {
  const texts = globSync(pattern, { cwd: root }).map((file) => readFileSync(root + file, "utf8"));
  const names = texts.flatMap((text) => [...text.matchAll(/["`](?:, )?([PAE]-\d{2,3}(?:, [PAE]-\d{2,3})*)/g)]);
  return new Set(names.flatMap(([, ids = ""]) => ids.split(", ")));
}

describe("the ids of the reference", () => {
  const here = named("packages/controller/test/reference/*.test.ts");
  const everywhere = named("packages/*/test/**/*.test.ts");
  const tested = [...IDS].filter(([, said]) => said === "tested").map(([id]) => id);

  it("each have a test that begins with it, if they are said to", () =>
    expect(tested.filter((id) => !everywhere.has(id))).to.deep.equal([]));

  it("each are known, if a test begins with it", () =>
    expect([...everywhere].filter((id) => !IDS.has(id))).to.deep.equal([]));

  it("are not excused where a row here is about them", () =>
    expect([...here].filter((id) => !tested.includes(id))).to.deep.equal([]));
});

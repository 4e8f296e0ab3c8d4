import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../../", import.meta.url).pathname;
const ID = "[A-Z]-\\d{2,3}";
/** Looks like an id and is the name of a curve. */
const NO_IDS = ["P-256"];

interface Row {
  readonly id: string;
  readonly sentence: string;
  /** Why no test is about it; empty if one is. */
  readonly untested: string;
}

/** The rows of all tables in test/reference. */
function rows(): Row[] {
  const texts = globSync("test/reference/*.md", { cwd: root }).map((file) => readFileSync(root + file, "utf8"));
  return texts.flatMap((text) =>
    [...text.matchAll(new RegExp(`^\\| (${ID}) \\|(.*)\\|$`, "gm"))].map(([, id = "", cells = ""]) => {
      const [sentence = "", untested = ""] = cells.split("|").map((cell) => cell.trim());
      return { id, sentence, untested };
    }),
  );
}

/** The ids that files of a pattern name. */
function cited(pattern: string): Set<string> {
  const files = globSync(pattern, { cwd: root, exclude: ["**/node_modules/**"] });
  const texts = files.map((file) => readFileSync(root + file, "utf8"));
  const ids = texts.flatMap((text) => [...text.matchAll(new RegExp(`\\b${ID}\\b`, "g"))].map(([id]) => id));
  return new Set(ids.filter((id) => !NO_IDS.includes(id)));
}

describe("the reference", () => {
  const all = rows();
  const known = new Set(all.map(({ id }) => id));
  const inTests = cited("{packages,test}/**/*.test.ts");

  it("says each id once, in a sentence", () => {
    expect(all.length).to.equal(known.size);
    expect(all.filter(({ sentence }) => !/^.{10,}\.$/.test(sentence))).to.deep.equal([]);
  });

  it("explains every id that code names", () =>
    expect([...cited("{packages,test,hack}/**/*.ts")].filter((id) => !known.has(id))).to.deep.equal([]));

  it("has a test for each row that is not excused", () =>
    expect(all.filter(({ id, untested }) => untested === "" && !inTests.has(id))).to.deep.equal([]));

  it("excuses no row that a test is about", () =>
    expect(all.filter(({ id, untested }) => untested !== "" && inTests.has(id))).to.deep.equal([]));
});

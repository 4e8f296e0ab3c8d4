import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../../", import.meta.url).pathname;

/** Name and help of every metric, as the sources declare them. */
function declared(): string[] {
  const sources = globSync("packages/*/src/**/*.ts", { cwd: root }).map((file) => readFileSync(root + file, "utf8"));
  const found = sources.flatMap((text) => [...text.matchAll(/name: "(fairlead_\w+)",\s*help: "([^"]+)"/g)]);
  return [...new Set(found.map(([, name, help]) => `${name}: ${help}`))];
}

describe("docs/user-guide.md", () => {
  it("lists every metric with its help", () => {
    const rows = readFileSync(`${root}docs/user-guide.md`, "utf8").matchAll(/^\| `(fairlead_\w+)` \|.*\| (.+) \|$/gm);
    expect(Array.from(rows, ([, name, help]) => `${name}: ${help}`)).to.have.members(declared());
  });
});

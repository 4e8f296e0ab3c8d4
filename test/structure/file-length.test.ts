import { expect } from "chai";
import { files, read } from "./sources.ts";

/** As CONTRIBUTING says it. */
const LINES = 200;

describe("a file of src/", () => {
  it(`has ${LINES} lines at most`, () => {
    expect(read("CONTRIBUTING.md").replaceAll(/\s+/g, " ")).to.include(`none in \`src/\` has more than ${LINES}`);
    const sources = files("packages/*/src/**/*.ts");
    expect(sources).to.have.length.above(100);
    const lengths = sources.map((path) => ({ path, lines: read(path).split("\n").length - 1 }));
    expect(lengths.filter(({ lines }) => lines > LINES)).to.deep.equal([]);
  });
});

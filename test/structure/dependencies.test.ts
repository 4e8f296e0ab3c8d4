import { dirname } from "node:path";
import { expect } from "chai";
import { files, read } from "./sources.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifest = (path: string) => JSON.parse(read(path)) as Manifest;
const root = manifest("package.json");
const packages = files("packages/*/package.json").map((path) => ({ folder: dirname(path), ...manifest(path) }));
const listed = ({ dependencies = {}, devDependencies = {} }: Manifest) => {
  return [...Object.entries(dependencies), ...Object.entries(devDependencies)];
};

const IMPORTS = [
  /^(?:import|export) (?:type )?[\w*\s,]*(?:\{[^{}]*\} )?from "([^"]+)"/gm,
  /^import "([^"]+)"/gm,
  /\b(?:import|require|createRequire\(import\.meta\.url\))\("([^"]+)"\)/g,
];

/** Names of the packages that files import; not Node's modules. */
function imported(paths: readonly string[]): Set<string> {
  const texts = paths.map(read);
  const modules = texts.flatMap((text) => IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)]));
  const names = modules.map(([, module = ""]) => /^(?![./]|node:)(?:@[^/]+\/)?[^/]+/.exec(module)?.[0]);
  return new Set(names.filter((name) => name !== undefined));
}

describe("package.json", () => {
  for (const { folder, name, ...lists } of packages) {
    it(`of ${name} lists what its sources import, and no more`, () => {
      const forTests = files(`${folder}/src/testing/**/*.ts`);
      const needed = imported(files(`${folder}/src/**/*.ts`).filter((path) => !forTests.includes(path)));
      const neededByTests = [...imported(forTests)].filter((name) => !needed.has(name));
      expect(Object.keys(lists.dependencies ?? {}), "dependencies").to.deep.equal([...needed].sort());
      expect(Object.keys(lists.devDependencies ?? {}), "devDependencies").to.deep.equal(neededByTests.sort());
    });
  }

  it("of the repository lists what tests and tools import", () => {
    const names = imported(files("hack/**/*.ts", "test/**/*.ts", "packages/*/test/**/*.ts"));
    expect(names).to.include("chai");
    const others = [...names].filter((name) => !name.startsWith("@fairlead/"));
    expect(listed(root).map(([name]) => name)).to.include.members(others);
  });

  it("asks for the same version of a package everywhere", () => {
    const versions = Map.groupBy([root, ...packages].flatMap(listed), ([name]) => name);
    const several = [...versions].filter(([, entries]) => new Set(entries.map(([, version]) => version)).size > 1);
    expect(several).to.deep.equal([]);
    const own = packages.flatMap(listed).filter(([name]) => name.startsWith("@fairlead/"));
    const all = [...own.map(([, version]) => version), ...packages.map(({ version }) => version)];
    expect(new Set(all)).to.deep.equal(new Set([root.version]));
  });
});

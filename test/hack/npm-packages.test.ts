import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { bundledFolders, licenceTexts } from "../../hack/image/npm-packages.ts";

const MIT = "Permission is hereby granted";

describe("packages in a bundle", () => {
  const rows = [
    { path: "node_modules/pino/lib/proto.js", folder: "node_modules/pino" },
    { path: "node_modules/@scope/name/a/b.js", folder: "node_modules/@scope/name" },
    { path: "node_modules/a/node_modules/@s/b/index.js", folder: "node_modules/a/node_modules/@s/b" },
    { path: "packages/net/src/index.ts", folder: undefined },
  ];
  for (const { path, folder } of rows) {
    it(`takes ${path} for ${folder ?? "Fairlead's own"}`, () => {
      const output = (bytesInOutput: number) => ({
        bytes: 1,
        inputs: { [path]: { bytesInOutput } },
        imports: [],
        exports: [],
      });
      expect(bundledFolders({ inputs: {}, outputs: { a: output(0), b: output(1) } })).to.deep.equal(
        folder === undefined ? [] : [folder],
      );
      expect(bundledFolders({ inputs: {}, outputs: { a: output(0) } })).to.deep.equal([]);
    });
  }
});

describe("licence texts of a package", () => {
  const rows = [
    { name: "LICENSE", files: { LICENSE: MIT, "index.js": "" }, found: { LICENSE: MIT } },
    {
      name: "license.md beside a notice",
      files: { "license.md": MIT, NOTICE: "by" },
      found: { NOTICE: "by", "license.md": MIT },
    },
    { name: "UNLICENSE", files: { UNLICENSE: "free" }, found: { UNLICENSE: "free" } },
    {
      name: "the README's last part",
      files: { "README.md": `# x\n\nlicense: see below\n\n# License\n\n${MIT}` },
      found: { LICENSE: `# License\n\n${MIT}` },
    },
  ];
  const withFiles = (files: Record<string, string>, then: (root: string) => void) => {
    const root = mkdtempSync(join(tmpdir(), "fairlead-licence-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    try {
      then(root);
    } finally {
      rmSync(root, { recursive: true });
    }
  };
  for (const { name, files, found } of rows) {
    it(`are found in ${name}`, () => {
      withFiles(files as Record<string, string>, (root) => {
        expect(Object.fromEntries(licenceTexts(root, "."))).to.deep.equal(found);
      });
    });
  }
  it("must be there", () => {
    withFiles({ "README.md": "License: MIT" }, (root) => {
      expect(() => licenceTexts(root, ".")).to.throw("must bring its licence's text, got none in");
    });
  });
});

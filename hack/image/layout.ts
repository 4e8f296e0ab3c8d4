// hack/image/layout.ts OUT [BASE]: puts into the folder OUT what the image has beside Debian, from a checkout with bundles.
//
// BASE is the file tree of the Debian system that OUT is for: its packages go into the bill of materials. The Containerfile
// calls this, and the tests do, to see the programs run with no more than this.
import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { billOfMaterials } from "./bill-of-materials.ts";
import { debianPackages } from "./debian-packages.ts";
import { architecture, BESIDE_BUNDLES, bundledFolders, licenceTexts, readNpmPackage } from "./npm-packages.ts";

/** What goes to /opt/fairlead, in the same places as in a checkout, so that the same launchers run it. */
const PROGRAM = [
  "bin/fairlead-controller",
  "bin/fairlead-speaker",
  "hack/run-bundle",
  "dist/fairlead-controller.mjs",
  "dist/fairlead-speaker.mjs",
  "dist/fairlead-speaker-decider.mjs",
  "node_modules/.bin/node",
  `node_modules/node-linux-${architecture}/bin/node`,
  "node_modules/koffi/package.json",
  "node_modules/koffi/index.js",
  "node_modules/koffi/src/koffi/index.js",
  "node_modules/koffi/src/koffi/src/static.js",
  `node_modules/@koromix/koffi-linux-${architecture}/package.json`,
  `node_modules/@koromix/koffi-linux-${architecture}/index.js`,
  `node_modules/@koromix/koffi-linux-${architecture}/linux_${architecture}/koffi.node`,
  "node_modules/raw-socket/package.json",
  "node_modules/raw-socket/index.js",
  "node_modules/raw-socket/build/Release/raw.node",
];

const [out, base] = process.argv.slice(2);
if (!out || process.argv.length > 4) {
  console.error("layout: Cannot lay out the image: it must be called as: hack/image/layout.ts OUT [BASE]");
  process.exit(2);
}
const root = join(import.meta.dirname, "../..");

function place(target: string, text: string): void {
  mkdirSync(dirname(join(out as string, target)), { recursive: true });
  writeFileSync(join(out as string, target), text);
}

for (const path of PROGRAM) {
  const [from, to] = [join(root, path), join(out, "opt/fairlead", path)];
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { verbatimSymlinks: true });
  // Whatever the umask was where the checkout was made, the image is the same.
  if (!lstatSync(to).isSymbolicLink()) chmodSync(to, lstatSync(from).mode & 0o100 ? 0o755 : 0o644);
}
mkdirSync(join(out, "usr/local/bin"), { recursive: true });
for (const name of ["fairlead-controller", "fairlead-speaker"]) {
  symlinkSync(`../../../opt/fairlead/bin/${name}`, join(out, "usr/local/bin", name));
}

const metafile = JSON.parse(readFileSync(join(root, "dist/metafile.json"), "utf8"));
const npm = [...bundledFolders(metafile), ...BESIDE_BUNDLES].map((folder) => readNpmPackage(root, folder));
place("usr/share/fairlead/LICENSE", readFileSync(join(root, "LICENSE"), "utf8"));
for (const { folder, name, version } of npm) {
  for (const [file, text] of licenceTexts(root, folder)) {
    place(`usr/share/fairlead/licenses/${name}@${version}/${file}`, text);
  }
}
const fairlead = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const debian = base === undefined ? [] : debianPackages(base);
place("usr/share/fairlead/sbom.cdx.json", billOfMaterials({ fairlead, npm, debian }));

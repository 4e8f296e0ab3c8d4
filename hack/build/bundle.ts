// Bundles each process into one file in dist/: `make build`.
import { writeFileSync } from "node:fs";
import { build } from "esbuild";
import { BUNDLE } from "./options.ts";

const { metafile } = await build({
  ...BUNDLE,
  entryPoints: {
    "fairlead-controller": "packages/controller/src/main.ts",
    "fairlead-speaker": "packages/speaker/src/main.ts",
    "fairlead-speaker-decider": "packages/speaker/src/io/decider-worker.ts",
  },
  outdir: "dist",
  metafile: true,
});
// What went into which bundle, for the image's licences and bill of materials.
writeFileSync("dist/metafile.json", JSON.stringify(metafile));

// Bundles each process into one file in dist/: `make build`. Native parts (koffi, raw-socket) stay in node_modules.
import { writeFileSync } from "node:fs";
import { build } from "esbuild";

const { metafile } = await build({
  entryPoints: {
    "fairlead-controller": "packages/controller/src/main.ts",
    "fairlead-speaker": "packages/speaker/src/main.ts",
    "fairlead-speaker-decider": "packages/speaker/src/io/decider-worker.ts",
  },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  // Names are not minified: a stack trace is to be understood as it is. Source maps would cost 50 MB as soon as one is printed.
  legalComments: "linked",
  external: ["koffi", "raw-socket"],
  // CommonJS dependencies inside an ES module still ask for require().
  banner: {
    js: 'import { createRequire as fairleadRequire } from "node:module"; const require = fairleadRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});
// What went into which bundle, for the image's licences and bill of materials.
writeFileSync("dist/metafile.json", JSON.stringify(metafile));

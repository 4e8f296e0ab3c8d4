import type { BuildOptions } from "esbuild";

/** How every program is bundled, whatever it is made of. Native parts (koffi, raw-socket) stay in node_modules. */
export const BUNDLE = {
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
  logLevel: "warning",
} satisfies BuildOptions;

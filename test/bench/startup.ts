// node test/bench/startup.ts: how long a bundle takes to start that has the decisions alone, as JSON lines.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { BUNDLE } from "../../hack/build/options.ts";
import { quantile, report } from "./report.ts";

const STARTS = 20;
const ROOT = new URL("../../", import.meta.url).pathname;
/** Loads all that the packages with decisions give by their pure names, and uses none of it. */
const PROGRAM = `
import * as controller from "@fairlead/controller";
import * as l2 from "@fairlead/l2";
import * as speaker from "@fairlead/speaker";
console.log(Object.keys({ ...controller, ...l2, ...speaker }).join());
`;

/**
 * Measures how long a program takes from its start to its end that needs only the decisions, bundled as the processes are,
 * and beside it Node with nothing to do; the two take turns. Under 150 ms is wanted. Prints JSON lines.
 */
export async function benchStartup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-startup-"));
  try {
    // Far from node_modules: native code that it asked for would not be found.
    await build({
      ...BUNDLE,
      stdin: { contents: PROGRAM, resolveDir: ROOT, sourcefile: "decisions.ts" },
      outdir: folder,
    });
    const bundle = join(folder, "stdin.mjs");
    const programs = { decisions: [bundle], nothing: ["-e", "0"] };
    const millis = { decisions: [] as number[], nothing: [] as number[] };
    for (let start = 0; start < STARTS; start++) {
      for (const program of ["decisions", "nothing"] as const) millis[program].push(timeOf(programs[program]));
    }
    const kilobytes = Math.round((await stat(bundle)).size / 1024);
    report({ bench: "startup", program: "decisions", kilobytes, ...summary(millis.decisions) });
    report({ bench: "startup", program: "nothing", ...summary(millis.nothing) });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function timeOf(args: readonly string[]): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const millis = performance.now() - before;
  if (status !== 0) throw new Error(`Cannot measure a start: node must exit with status 0, got ${status}: ${stderr}`);
  return millis;
}

function summary(millis: readonly number[]): Record<"minMillis" | "medianMillis" | "maxMillis", number> {
  const at = (q: number) => Math.round(quantile(millis, q));
  return { minMillis: at(0), medianMillis: at(0.5), maxMillis: at(1) };
}

if (import.meta.main) await benchStartup();

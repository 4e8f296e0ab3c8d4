import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

let count = 0;

/**
 * Name of a new log file for a program called `name`: in the folder that the environment's FAIRLEAD_LOGS names, where it
 * stays, or else in the sandbox's own /run, where it ends with the sandbox.
 */
export function newLog(name: string): string {
  const folder = process.env.FAIRLEAD_LOGS ?? "/run/fairlead-logs";
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${process.pid}-${++count}-${name}.log`);
  rmSync(path, { force: true }); // of an earlier run: in a sandbox, process ids come again
  return path;
}

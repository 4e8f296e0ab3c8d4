import { globSync, readFileSync } from "node:fs";

/** Folder of the repository, with a slash at its end. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** Paths of files, relative to the repository, sorted. */
export function files(...patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: ROOT }).sort();
}

/** Text of a file of the repository. */
export function read(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}

import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/** Digits of a time in nanoseconds since the epoch, until the year 2286. */
const DIGITS = 19;

/**
 * The version of a file, a decimal number that grows with every change. Its change time counts too: a file that is moved
 * here, or copied with its times, brings an old modification time along.
 */
export function fileVersion({ mtimeNs, ctimeNs }: Pick<BigIntStats, "mtimeNs" | "ctimeNs">): string {
  return String(mtimeNs > ctimeNs ? mtimeNs : ctimeNs);
}

/** As {@link fileVersion}, of the file at `path`. */
export async function versionOf(path: string): Promise<string> {
  return fileVersion(await stat(path, { bigint: true }));
}

/**
 * The resourceVersion of an object whose manifest and status lie in two files: it grows when either does, and two objects
 * with the same one are equal. The later version leads, so that it compares with that of a list, too.
 */
export function objectVersion(manifest: string, status = "0"): string {
  const versions = [manifest, status].map((version) => version.padStart(DIGITS, "0")).sort();
  return versions.reverse().join("");
}

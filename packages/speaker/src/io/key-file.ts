import { readFile } from "node:fs/promises";
import { HeartbeatKeys } from "@fairlead/l2";
import type { Clock, Log } from "@fairlead/runtime";
import { UsageError } from "@fairlead/runtime";
import { followKeyFile } from "../key-file.ts";

/**
 * The keys of heartbeats, kept up to date with a file; none, and a word about it in the log, without one.
 *
 * @param path - undefined if there is to be none.
 * @throws UsageError when the file cannot be read or used.
 */
export async function openKeyFile(path: string | undefined, clock: Clock, log: Log): Promise<HeartbeatKeys> {
  const keys = path === undefined ? new HeartbeatKeys() : await followKeyFile({ read: () => read(path), clock, log });
  if (!keys.present) {
    log.warn({ file: path }, "heartbeats are not authenticated: whoever is on a link can take addresses over");
  }
  return keys;
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new UsageError(`Cannot read the heartbeat keys: ${message}`, { cause: error });
  }
}

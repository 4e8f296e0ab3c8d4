import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { link, mkdir, open, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Times are handed to the kernel as seconds in a double, which tells a quarter of a microsecond apart. */
const TICK_NANOS = 2_000n;
const LOCK_RETRY_MILLIS = 5;
/** A lock is held for a read and a write of one small file; one this old was left by a process that died. */
const LOCK_STALE_MILLIS = 2_000;

/** Replaces or makes a file: readers see the old text or the new, never a part. Its modification time always grows. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const before = await stat(path, { bigint: true }).catch(() => undefined);
  const temporary = await writeTemporary(path, text, before === undefined ? 0n : fileTime(before) + TICK_NANOS);
  await rename(temporary, path);
}

/** Makes a file that must not exist yet, whole from its first moment. @returns false if there is one. */
export async function createAtomically(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Runs `action` while no other process holds the lock of this file. */
export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    try {
      await (await open(lock, "wx")).close();
      break;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const held = await stat(lock).catch(() => undefined);
    if (held !== undefined && Date.now() - held.mtimeMs > LOCK_STALE_MILLIS) await rm(lock, { force: true });
    await delay(LOCK_RETRY_MILLIS);
  }
  try {
    return await action();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Whether an error of node:fs has this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

async function writeTemporary(path: string, text: string, notBefore = 0n): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, text);
  // The kernel stamps files by its tick, some milliseconds wide; versions must tell two writes within one apart. And the
  // clocks of two processes, or of one before and after a correction, need not agree.
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  const seconds = Number((now > notBefore ? now : notBefore) / 1000n) / 1e6;
  await utimes(temporary, seconds, seconds);
  return temporary;
}

function fileTime({ mtimeNs, ctimeNs }: BigIntStats): bigint {
  return mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
}

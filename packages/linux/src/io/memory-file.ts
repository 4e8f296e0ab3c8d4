import { closeSync, writeSync } from "node:fs";
import { memoryFileDescriptor } from "./libc.ts";

/** A file with this text that is in memory alone (memfd_create(2)), open. */
export interface MemoryFile {
  readonly fd: number;
  /** Whoever was given the descriptor keeps the file. */
  close(): void;
}

/**
 * Opens one. Of use as standard input of programs that open /dev/stdin by its name, which a socket, as Node's pipes are,
 * does not allow.
 *
 * @throws SystemCallError
 */
export function openMemoryFile(text: string): MemoryFile {
  const fd = memoryFileDescriptor("fairlead");
  writeSync(fd, text, 0);
  return { fd, close: () => closeSync(fd) };
}

import { readFile, writeFile } from "node:fs/promises";

/** A file that others are the source of. */
export interface GeneratedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

const ROOT = new URL("../../", import.meta.url);

/** Writes the file. Its folder must be there. */
export async function write({ path, text }: GeneratedFile): Promise<void> {
  await writeFile(new URL(path, ROOT), text);
}

/** Whether the file has the text already. */
export async function isCurrent({ path, text }: GeneratedFile): Promise<boolean> {
  return (await readFile(new URL(path, ROOT), "utf8").catch(() => "")) === text;
}

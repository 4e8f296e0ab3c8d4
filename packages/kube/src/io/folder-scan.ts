import { createHash } from "node:crypto";
import { type BigIntStats, watch as watchFolder } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type KindName, objectKey } from "@fairlead/model";
import { parseAllDocuments } from "yaml";
import { KINDS, kindOf } from "../kinds.ts";
import type { RawObject } from "../ports.ts";
import { hasCode } from "./files.ts";

/** The folder, inside a store's, that holds what Fairlead writes about objects that others wrote. */
export const STATUS_FOLDER = "status";

/** What one file holds: its objects, and why it could not be read, if so. */
export interface ScannedFile {
  readonly version: string;
  readonly objects: readonly RawObject[];
  readonly error?: string;
}

/** Every YAML file below `root`, by its path relative to it; files that did not change are taken from `known`. */
export async function scanFolder(
  root: string,
  known: ReadonlyMap<string, ScannedFile>,
): Promise<Map<string, ScannedFile>> {
  const files = new Map<string, ScannedFile>();
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  await Promise.all(
    paths.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path);
      const file = await scanFile(path, name, known.get(name)).catch((error) => {
        if (hasCode(error, "ENOENT")) return undefined;
        throw error;
      });
      if (file !== undefined) files.set(name, file);
    }),
  );
  return files;
}

/** The version of a file, as a decimal number that grows with every change: a resourceVersion. */
export async function fileVersion(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).mtimeNs);
}

/** Calls `onChange` when something below `root` may have changed, until the returned function is called. */
export function watchForChanges(root: string, onChange: () => void): () => void {
  const watcher = watchFolder(root, { recursive: true, persistent: false }, onChange);
  // A folder that vanishes is noticed by the next scan, which says so.
  watcher.on("error", onChange);
  return () => watcher.close();
}

/** A uid that an object in a folder always has, unless its manifest names one. */
export function folderUid(kind: KindName, key: string): string {
  const hex = createHash("sha256").update(`${kind}/${key}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

async function scanFile(path: string, name: string, known: ScannedFile | undefined): Promise<ScannedFile> {
  const stats = await stat(path, { bigint: true });
  const version = String(stats.mtimeNs);
  if (known?.version === version) return known;
  const objects: RawObject[] = [];
  const errors: string[] = [];
  for (const document of parseAllDocuments(await readFile(path, "utf8"))) {
    if ("errors" in document && document.errors.length > 0) {
      errors.push(...document.errors.map(({ message }) => message.split("\n")[0] ?? message));
      continue;
    }
    const found = "toJS" in document ? manifest(document.toJS(), stats) : undefined;
    if (typeof found === "string") errors.push(found);
    else if (found !== undefined) objects.push(found);
  }
  if (errors.length === 0) return { version, objects };
  return { version, objects, error: `Cannot use all of ${name}: ${errors.join("; ")}` };
}

// Objects of kinds that are not Fairlead's to read (a Deployment beside its Service) are no mistake: they are left out.
function manifest(value: unknown, stats: BigIntStats): RawObject | string | undefined {
  if (value === null || value === undefined) return undefined;
  const { apiVersion, kind, metadata } = value as Partial<RawObject>;
  if (apiVersion === undefined || kind === undefined || typeof metadata?.name !== "string") {
    return "every document must have apiVersion, kind and metadata.name";
  }
  const name = kindOf(apiVersion, kind);
  if (name === undefined) return undefined;
  const namespace = KINDS[name].namespaced ? { namespace: metadata.namespace ?? "default" } : {};
  const key = objectKey({ ...namespace, name: metadata.name });
  const defaults = {
    uid: folderUid(name, key),
    creationTimestamp: new Date(Number(stats.birthtimeMs)).toISOString(),
  };
  const versioned = { ...defaults, ...metadata, ...namespace, resourceVersion: String(stats.mtimeNs) };
  return { ...(value as RawObject), metadata: versioned };
}

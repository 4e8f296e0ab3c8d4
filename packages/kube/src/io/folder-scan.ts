import { createHash } from "node:crypto";
import { type BigIntStats, watch as watchFolder } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type KindName, objectKey } from "@fairlead/model";
import { parseAllDocuments } from "yaml";
import { KINDS, kindOf } from "../kinds.ts";
import type { RawObject } from "../ports.ts";
import { hasCode } from "./files.ts";
import { fileVersion, objectVersion } from "./folder-version.ts";

/** A file this young may change once more without a sign of it: the kernel's clock for files ticks that slowly. */
const UNSETTLED_MILLIS = 50;

/** What one file holds: its objects, and why it could not be read, if so. */
export interface ScannedFile {
  /** Differs for every state of the file; undefined while the file is too young to be told from a later state. */
  readonly state: string | undefined;
  /** See {@link fileVersion}. */
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
      const name = relative(root, join(entry.parentPath, entry.name));
      const file = await scanFile(root, name, known.get(name));
      if (file !== undefined) files.set(name, file);
    }),
  );
  return files;
}

/** One file, by its path relative to `root`; undefined if it is not there. */
export async function scanFile(root: string, name: string, known?: ScannedFile): Promise<ScannedFile | undefined> {
  try {
    const path = join(root, name);
    const stats = await stat(path, { bigint: true });
    const { ctimeNs, mtimeNs, ino, size, ctimeMs } = stats;
    const state = Date.now() - Number(ctimeMs) < UNSETTLED_MILLIS ? undefined : [ctimeNs, mtimeNs, ino, size].join("/");
    if (known?.state !== undefined && known.state === state) return known;
    return { state, version: fileVersion(stats), ...parseFile(name, await readFile(path, "utf8"), stats) };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
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

function parseFile(name: string, text: string, stats: BigIntStats): Pick<ScannedFile, "objects" | "error"> {
  const objects: RawObject[] = [];
  const errors: string[] = [];
  for (const document of parseAllDocuments(text)) {
    if ("errors" in document && document.errors.length > 0) {
      errors.push(...document.errors.map(({ message }) => message.split("\n")[0] ?? message));
      continue;
    }
    try {
      const found = "toJS" in document ? manifest(document.toJS(), stats) : undefined;
      if (typeof found === "string") errors.push(found);
      else if (found !== undefined) objects.push(found);
    } catch (error) {
      // An alias without its anchor, or aliases that multiply beyond measure, show only now.
      errors.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (errors.length === 0) return { objects };
  return { objects, error: `Cannot use all of ${name}: ${errors.join("; ")}` };
}

// Objects of kinds that are not Fairlead's to read (a Deployment beside its Service) are no mistake: they are left out.
function manifest(value: unknown, stats: BigIntStats): RawObject | string | undefined {
  if (value === null || value === undefined) return undefined;
  const { apiVersion, kind, metadata } = value as Partial<RawObject>;
  const { name, namespace = "default" } = metadata ?? {};
  if (apiVersion === undefined || kind === undefined || typeof name !== "string" || name === "") {
    return "every document must have apiVersion, kind and metadata.name";
  }
  const known = kindOf(apiVersion, kind);
  if (known === undefined) return undefined;
  if (typeof namespace !== "string") return `metadata.namespace must be text, got ${JSON.stringify(namespace)}`;
  const place = KINDS[known].namespaced ? { namespace } : {};
  const defaults = {
    uid: folderUid(known, objectKey({ ...place, name })),
    creationTimestamp: new Date(Number(stats.birthtimeMs)).toISOString(),
  };
  const resourceVersion = objectVersion(fileVersion(stats));
  return { ...(value as RawObject), metadata: { ...defaults, ...metadata, name, ...place, resourceVersion } };
}

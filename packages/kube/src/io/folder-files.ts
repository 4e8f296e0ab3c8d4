import type { ObjectRef } from "@fairlead/model";
import { type RawObject, StoreError } from "../ports.ts";
import {
  describe,
  type FolderObjects,
  folderObjects,
  manifestIn,
  manifestPaths,
  withStatus,
} from "./folder-objects.ts";
import { canonicalPath, statusPath } from "./folder-path.ts";
import { type ScannedFile, scanFile, scanFolder } from "./folder-scan.ts";
import { objectVersion } from "./folder-version.ts";

/** What a scan of all files found. */
export interface FolderScan {
  /** What was written after the scan began has a newer one. */
  readonly version: string;
  /** Whether any file differs from the scan before. */
  readonly changed: boolean;
  /** Why files that differ cannot be used, or not all of them. */
  readonly errors: readonly { readonly file: string; readonly error: string }[];
}

/** An object, and where it lies. */
export interface LoadedObject {
  /** Path of its manifest, relative to the folder. */
  readonly path: string;
  readonly object: RawObject;
}

/** The files of a folder of manifests: all of them as the last scan saw them, and each object as its files have it now. */
export class FolderFiles {
  readonly #root: string;
  #files: ReadonlyMap<string, ScannedFile> = new Map();
  #paths: ReadonlyMap<string, string> = new Map();

  constructor(root: string) {
    this.#root = root;
  }

  /** Looks at every file that is not as it was. @throws Error when the folder cannot be read. */
  async scan(): Promise<FolderScan> {
    const before = this.#files;
    // What is written after this moment is newer than the list; what a clock that is ahead has stamped before, is not.
    const stamps = [...before.values()].map((file) => BigInt(file.version)).concat(BigInt(Date.now()) * 1_000_000n);
    const version = objectVersion(String(stamps.sort((a, b) => (a < b ? -1 : 1)).at(-1)));
    this.#files = await scanFolder(this.#root, before);
    this.#paths = manifestPaths(this.#files);
    const differ = [...this.#files].filter(([name, file]) => before.get(name) !== file);
    const errors = differ.flatMap(([file, { error }]) => (error === undefined ? [] : [{ file, error }]));
    return { version, changed: this.#files.size !== before.size || differ.length > 0, errors };
  }

  /** What the last scan saw. */
  objects(): FolderObjects {
    return folderObjects(this.#files);
  }

  /** Whether the last scan saw the object in a file that is not Fairlead's, and it is there still. */
  async isElsewhere(ref: ObjectRef): Promise<boolean> {
    const path = this.#paths.get(describe(ref)) ?? canonicalPath(ref);
    return path !== canonicalPath(ref) && manifestIn(await this.#scanned(path), ref) !== undefined;
  }

  /** An object as its files have it now. @throws StoreError when they cannot be read. */
  async load(ref: ObjectRef): Promise<LoadedObject | undefined> {
    const path = await this.#find(ref);
    if (path === undefined) return undefined;
    const manifest = manifestIn(await this.#scanned(path), ref);
    const overlay = manifestIn(await this.#scanned(statusPath(ref)), ref);
    return manifest && { path, object: withStatus(manifest, overlay) };
  }

  // Where the last scan saw it, or else where Fairlead puts it, or else anywhere.
  async #find(ref: ObjectRef): Promise<string | undefined> {
    for (const path of [this.#paths.get(describe(ref)), canonicalPath(ref)]) {
      if (path !== undefined && manifestIn(await this.#scanned(path), ref) !== undefined) return path;
    }
    if (ref.kind === "Lease" || ref.kind === "Event") return undefined;
    const files = await scanFolder(this.#root, this.#files).catch(unavailable(this.#root));
    return manifestPaths(files).get(describe(ref));
  }

  async #scanned(path: string): Promise<ScannedFile | undefined> {
    return scanFile(this.#root, path, this.#files.get(path)).catch(unavailable(path));
  }
}

function unavailable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new StoreError("Unavailable", `Cannot read ${path}: ${String(cause)}`, { cause });
  };
}

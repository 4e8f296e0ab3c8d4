import { type KindName, type ObjectRef, objectKey } from "@fairlead/model";
import { kindOf } from "../kinds.ts";
import type { RawObject } from "../ports.ts";
import { STATUS_FOLDER } from "./folder-path.ts";
import type { ScannedFile } from "./folder-scan.ts";
import { objectVersion } from "./folder-version.ts";

/** Objects by kind and key. */
export type FolderObjects = ReadonlyMap<KindName, ReadonlyMap<string, RawObject>>;

/** The manifests in some files with their statuses laid over them. Of two of one name, the last by path counts. */
export function folderObjects(files: ReadonlyMap<string, ScannedFile>): FolderObjects {
  const objects = new Map<KindName, Map<string, RawObject>>();
  const overlays: RawObject[] = [];
  for (const [name, file] of byPath(files)) {
    if (isStatus(name)) overlays.push(...file.objects);
    else for (const object of file.objects) ofKind(objects, object).set(objectKey(object.metadata), object);
  }
  for (const overlay of overlays) {
    const held = ofKind(objects, overlay).get(objectKey(overlay.metadata));
    if (held !== undefined) ofKind(objects, overlay).set(objectKey(overlay.metadata), withStatus(held, overlay));
  }
  return objects;
}

/** The path of the manifest of each object, by {@link describe}. */
export function manifestPaths(files: ReadonlyMap<string, ScannedFile>): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const [name, { objects }] of byPath(files)) {
    if (!isStatus(name)) for (const object of objects) paths.set(describe(refIn(object)), name);
  }
  return paths;
}

/** "Service default/web" */
export function describe(ref: ObjectRef): string {
  return `${ref.kind} ${objectKey(ref)}`;
}

/** The manifest of an object in a file. */
export function manifestIn(file: ScannedFile | undefined, ref: ObjectRef): RawObject | undefined {
  return file?.objects.findLast((object) => describe(refIn(object)) === describe(ref));
}

/** A manifest with the status that lies beside it, if that is about the same object. */
export function withStatus(manifest: RawObject, overlay: RawObject | undefined): RawObject {
  if (overlay === undefined || overlay.metadata.uid !== manifest.metadata.uid) return manifest;
  const versions = [manifest, overlay].map(({ metadata }) => firstVersion(metadata.resourceVersion));
  const resourceVersion = objectVersion(versions[0] ?? "", versions[1]);
  return { ...manifest, metadata: { ...manifest.metadata, resourceVersion }, status: overlay.status };
}

// An object straight from its file has the version of that file in front.
function firstVersion(resourceVersion = ""): string {
  return resourceVersion.slice(0, resourceVersion.length / 2);
}

function refIn({ apiVersion, kind, metadata }: RawObject): ObjectRef {
  return { ...metadata, kind: kindOf(apiVersion, kind) as KindName };
}

function byPath(files: ReadonlyMap<string, ScannedFile>): [string, ScannedFile][] {
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1));
}

function isStatus(name: string): boolean {
  return name.startsWith(`${STATUS_FOLDER}/`);
}

function ofKind(objects: Map<KindName, Map<string, RawObject>>, object: RawObject): Map<string, RawObject> {
  const kind = kindOf(object.apiVersion, object.kind) as KindName;
  const found = objects.get(kind) ?? new Map<string, RawObject>();
  objects.set(kind, found);
  return found;
}

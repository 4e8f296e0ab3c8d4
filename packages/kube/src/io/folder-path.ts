import { join } from "node:path";
import type { ObjectRef } from "@fairlead/model";
import { KINDS } from "../kinds.ts";

/** The folder, inside a store's, that holds what Fairlead writes about objects that others wrote. */
export const STATUS_FOLDER = "status";

/** Path of the manifest of an object that Fairlead created, relative to the folder. */
export function canonicalPath({ kind, namespace, name }: ObjectRef): string {
  return join(KINDS[kind].plural, namespace ?? "", `${name}.yaml`);
}

/** Path of an object's status, whoever wrote its manifest. */
export function statusPath(ref: ObjectRef): string {
  return join(STATUS_FOLDER, canonicalPath(ref));
}

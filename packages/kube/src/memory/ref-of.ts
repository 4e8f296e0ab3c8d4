import type { ObjectRef } from "@fairlead/model";
import { kindOf } from "../kinds.ts";
import { type RawObject, StoreError } from "../ports.ts";

/** The reference of an object of a known kind. @throws StoreError Invalid. */
export function refOf({ apiVersion, kind, metadata }: RawObject): ObjectRef {
  const name = kindOf(apiVersion, kind);
  if (name === undefined) throw new StoreError("Invalid", `Cannot store ${kind}: not a kind of Fairlead's`);
  const { namespace } = metadata;
  return { kind: name, ...(namespace !== undefined && { namespace }), name: metadata.name };
}

import { FIELD_MANAGER } from "@fairlead/model";
import type { FinalizerChange, RawObject } from "../ports.ts";

type Metadata = RawObject["metadata"];

/** The names in metadata.finalizers. */
export function finalizersOf({ finalizers }: Metadata): string[] {
  return Array.isArray(finalizers) ? finalizers : [];
}

/** Whether an object that is being deleted has no finalizer left. */
export function isGone({ metadata }: RawObject): boolean {
  return metadata.deletionTimestamp !== undefined && finalizersOf(metadata).length === 0;
}

/** As the API server notes whose a finalizer is: the first writer's, and nobody's once it is gone. */
export function withFinalizer(metadata: Metadata, { name, present }: FinalizerChange): Metadata {
  const others = finalizersOf(metadata).filter((one) => one !== name);
  const held = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const key = `v:${JSON.stringify(name)}`;
  const entry = { manager: FIELD_MANAGER, fieldsV1: { "f:metadata": { "f:finalizers": { [key]: {} } } } };
  if (!present) {
    const managedFields = held.filter(
      ({ fieldsV1 }) => fieldsV1?.["f:metadata"]?.["f:finalizers"]?.[key] === undefined,
    );
    return { ...metadata, finalizers: others, managedFields };
  }
  if (finalizersOf(metadata).includes(name)) return metadata;
  return { ...metadata, finalizers: [...others, name], managedFields: [...held, entry] };
}

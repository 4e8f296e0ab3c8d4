import type { KindName, Problem } from "@fairlead/model";
import { ObjectCache } from "../../src/cache.ts";
import type { KindValues } from "../../src/kinds.ts";
import { refOf } from "../../src/memory/ref-of.ts";
import type { Read } from "../../src/parse/read.ts";
import type { RawObject } from "../../src/ports.ts";

/** What reading an object gives, on its way through a cache. */
export function readRaw<K extends KindName>(kind: K, raw: RawObject): Read<KindValues[K]> {
  const cache = new ObjectCache(() => {});
  cache.replaceAll(kind, [raw], "1");
  for (const { read } of cache.all(kind).values()) return read;
  throw new Error(`Cannot read ${refOf(raw).name}: it is not in the cache`);
}

/** The value of an object that must be good. @throws Error with its problems otherwise. */
export function goodValue<K extends KindName>(kind: K, raw: RawObject): KindValues[K] {
  const read = readRaw(kind, raw);
  if ("value" in read) return read.value;
  throw new Error(`Cannot read ${kind}: ${JSON.stringify(read.problems)}`);
}

/** The problems of an object; none if it is good. */
export function problemsOf(kind: KindName, raw: RawObject): readonly Problem[] {
  const read = readRaw(kind, raw);
  return "problems" in read ? read.problems : [];
}

/** A copy with the field at `path` ("spec.ports[0].port") set. */
export function withField(raw: RawObject, path: string, value: unknown): RawObject {
  const copy = structuredClone(raw) as unknown as Record<string, unknown>;
  const parts = path.split(/[.[\]]+/).filter((part) => part !== "");
  const last = parts.pop() ?? "";
  let at = copy;
  for (const part of parts) at = at[part] as Record<string, unknown>;
  at[last] = value;
  return copy as unknown as RawObject;
}

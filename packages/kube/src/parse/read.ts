import type { ObjectRef, Problem } from "@fairlead/model";
import { AddressSyntaxError } from "@fairlead/net";
import type { z } from "zod";

/** What reading an object gave: its value, or everything that is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/**
 * Checks `raw` against a schema; every fault becomes one Problem that names its field.
 *
 * @param at - field of the object that `raw` is; the whole object unless told.
 */
export function check<S extends z.ZodType>(ref: ObjectRef, schema: S, raw: unknown, at?: string): Read<z.output<S>> {
  const result = schema.safeParse(raw);
  if (result.success) return { value: result.data };
  const problems = result.error.issues.map((issue): Problem => {
    return {
      object: ref,
      field: fieldPath(at === undefined ? issue.path : [at, ...issue.path]),
      reason: "InvalidObject",
      message: issue.message,
    };
  });
  return { problems };
}

/** Parses each text of a list, and turns each that can't be parsed into a Problem. */
export function parseEach<T>(
  ref: ObjectRef,
  field: string,
  texts: readonly string[],
  parse: (text: string) => T,
): { values: T[]; problems: Problem[] } {
  const values: T[] = [];
  const problems: Problem[] = [];
  for (const [index, text] of texts.entries()) {
    try {
      values.push(parse(text));
    } catch (error) {
      if (!(error instanceof AddressSyntaxError)) throw error;
      problems.push({ object: ref, field: `${field}[${index}]`, reason: "InvalidRange", message: error.message });
    }
  }
  return { values, problems };
}

function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`))
    .join("");
}

import { ANNOTATIONS } from "@fairlead/kube";

/** A key of one of our annotations that is not one: misspelt, or of another version. */
export interface UnknownAnnotation {
  readonly key: string;
  /** The known key with the fewest letters changed. */
  readonly nearest: string;
}

/** The known annotation that a key was most likely meant to be. */
export function nearestAnnotation(key: string): UnknownAnnotation {
  const [nearest = ""] = Object.values(ANNOTATIONS).sort((a, b) => distance(key, a) - distance(key, b));
  return { key, nearest };
}

// Levenshtein's: letters to insert, remove or replace.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a.toLowerCase()].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b.toLowerCase()].entries()) {
      const replaced = (row[j] ?? 0) + Number(letter !== other);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

import { formatTable, type TableName } from "./text.ts";

/** An element of a named set or map. */
export interface Element {
  /** Name of its set or map. */
  readonly set: string;
  readonly key: string;
  /** What the key maps to; undefined in a set. */
  readonly value?: string;
}

/** Elements of one set or map: key to value, undefined in a set. */
export type SetElements = ReadonlyMap<string, string | undefined>;

/** What to change in one set or map. A key whose value changes is in both: it is deleted, then added. */
export interface SetChanges {
  readonly deleted: readonly string[];
  readonly added: SetElements;
}

/** Changes by set or map name; sets without a change are absent. */
export type Changes = ReadonlyMap<string, SetChanges>;

/**
 * The changes as statements, one a line: all deletions before all additions, so that an interval may be replaced by one
 * that overlaps it. Empty text for no changes.
 */
export function changeStatements(table: TableName, changes: Changes): string {
  const deletions: string[] = [];
  const additions: string[] = [];
  for (const [set, { deleted, added }] of changes) {
    if (deleted.length > 0) deletions.push(statement("delete", table, set, deleted));
    if (added.size > 0) additions.push(statement("add", table, set, formatElements(added)));
  }
  return [...deletions, ...additions].join("\n");
}

function formatElements(elements: SetElements): string[] {
  return Array.from(elements, ([key, value]) => (value === undefined ? key : `${key} : ${value}`));
}

function statement(verb: "add" | "delete", table: TableName, set: string, elements: readonly string[]): string {
  return `${verb} element ${formatTable(table)} ${set} { ${elements.join(", ")} }`;
}

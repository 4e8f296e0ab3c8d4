import { isDeepStrictEqual } from "node:util";

/** Entries of a table that were changed or added, by key, and the keys of those that are gone. */
export interface TableDelta<T> {
  readonly put: ReadonlyMap<string, T>;
  readonly gone: readonly string[];
}

/** Tables by name, of plain data. */
type Tables<T> = { readonly [Name in keyof T]: ReadonlyMap<string, unknown> };

type Entry<Table> = Table extends ReadonlyMap<string, infer T> ? T : never;

/** What differs between two states of the same tables: what crosses from thread to thread when one entry among thousands changes. */
export type TablesDelta<T> = { readonly [Name in keyof T]: TableDelta<Entry<T[Name]>> };

/** The side that has the tables: says what is new in each. */
export class TablesSender<T extends Tables<T>> {
  #sent: T | undefined;

  /** What differs from the tables before. */
  advance(tables: T): TablesDelta<T> {
    const before = this.#sent;
    this.#sent = tables;
    return mapTables(tables, (table, name) => diff(before?.[name] ?? new Map(), table)) as TablesDelta<T>;
  }
}

/** Whether nothing differs. */
export function isNothing<T>(delta: TablesDelta<T>): boolean {
  return Object.values<TableDelta<unknown>>(delta).every(isEmpty);
}

/** The side that follows: puts the tables together again. What did not change is the same object as before, entry or table. */
export class TablesReceiver<T extends Tables<T>> {
  #tables: T | undefined;

  /** The tables after a delta. Deltas must come in order, from the first. */
  take(delta: TablesDelta<T>): T {
    const before = this.#tables;
    this.#tables = mapTables(delta, (change, name) => updated(before?.[name] ?? new Map(), change)) as T;
    return this.#tables;
  }
}

function mapTables<T extends object, R>(tables: T, change: <Name extends keyof T>(table: T[Name], name: Name) => R) {
  const names = Object.keys(tables) as (keyof T)[];
  return Object.fromEntries(names.map((name) => [name, change(tables[name], name)]));
}

function diff<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): TableDelta<T> {
  const put = new Map([...after].filter(([key, entry]) => !isDeepStrictEqual(entry, before.get(key))));
  return { put, gone: [...before.keys()].filter((key) => !after.has(key)) };
}

function updated<T>(before: ReadonlyMap<string, T>, delta: TableDelta<T>): ReadonlyMap<string, T> {
  if (isEmpty(delta)) return before;
  const table = new Map(before);
  for (const key of delta.gone) table.delete(key);
  for (const [key, entry] of delta.put) table.set(key, entry);
  return table;
}

function isEmpty({ put, gone }: TableDelta<unknown>): boolean {
  return put.size === 0 && gone.length === 0;
}

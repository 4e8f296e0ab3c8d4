import type { StatusPatch } from "@fairlead/kube";

/** A list of a status, and how many octets of JSON each entry is. */
interface Measured {
  readonly sizes: readonly number[];
  readonly total: number;
}

/**
 * A status that is no longer than a budget, as JSON: the lists that take most room lose their last entries. Its counts stay
 * as they are, and so tell what is left out.
 *
 * @param text - the status as JSON.
 * @param budget - in octets; what is no list must fit.
 */
export function withinBudget(status: StatusPatch, text: string, budget: number): StatusPatch {
  if (Buffer.byteLength(text) <= budget) return status;
  const lists: Measured[] = [];
  visitLists(status, (list) => {
    lists.push(measure(list));
    return list;
  });
  const inLists = lists.reduce((sum, { total }) => sum + total, 0);
  const most = mostForEach(
    lists.map(({ total }) => total),
    budget - (Buffer.byteLength(text) - inLists),
  );
  let next = 0;
  return visitLists(status, (list) => cut(list, lists[next++]?.sizes ?? [], most));
}

function visitLists(status: StatusPatch, change: (list: readonly unknown[]) => readonly unknown[]): StatusPatch {
  const entries = Object.entries(status).map(([key, value]) => {
    if (Array.isArray(value)) return [key, change(value)];
    return [key, isObject(value) ? visitLists(value, change) : value];
  });
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is StatusPatch {
  return typeof value === "object" && value !== null;
}

function measure(list: readonly unknown[]): Measured {
  const sizes = list.map((entry) => Buffer.byteLength(JSON.stringify(entry)) + 1); // with the comma
  return { sizes, total: sizes.reduce((sum, size) => sum + size, 0) };
}

// What short lists do not need, long ones may have.
function mostForEach(totals: readonly number[], budget: number): number {
  let left = budget;
  const ascending = [...totals].sort((a, b) => a - b);
  for (const [index, total] of ascending.entries()) {
    const share = left / (ascending.length - index);
    if (total > share) return share;
    left -= total;
  }
  return Number.POSITIVE_INFINITY;
}

function cut(list: readonly unknown[], sizes: readonly number[], most: number): readonly unknown[] {
  let total = 0;
  const end = sizes.findIndex((size) => {
    total += size;
    return total > most;
  });
  return end === -1 ? list : list.slice(0, end);
}

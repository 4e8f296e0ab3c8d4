/** What the age of an object is told by. */
export interface Aged {
  /** metadata.creationTimestamp, RFC 3339 with whole seconds. */
  readonly created: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Order of objects: older first; of those of one second, by namespace and name, so that all who look see the same. */
export function compareAge(a: Aged, b: Aged): number {
  return (
    compareText(a.created, b.created) ||
    compareText(a.namespace ?? "", b.namespace ?? "") ||
    compareText(a.name, b.name)
  );
}

/** Order of text by code unit: the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

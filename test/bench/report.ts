import { loadavg } from "node:os";

/** Prints a measurement as a JSON line, with how busy the machine was: its load average of the last minute. */
export function report(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ ...line, load: Math.round((loadavg()[0] ?? 0) * 100) / 100 }));
}

/** The value below which the share `q` (0 to 1) of the values lie; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

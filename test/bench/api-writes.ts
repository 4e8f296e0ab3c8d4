import { until } from "@fairlead/testing";
import type { Site } from "./site.ts";

const WRITES: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"]);
const QUIET_MILLIS = 10_000;

/** Requests by what they did, such as "PATCH services/status". */
export type WriteCounts = Readonly<Record<string, number>>;

/** The writes that the API server has answered since it started, whoever asked for them: apiserver_request_total. */
export async function apiWrites({ cluster }: Pick<Site, "cluster">): Promise<WriteCounts> {
  const counts: Record<string, number> = {};
  for (const line of String(await cluster.controlPlane.api.get("/metrics")).split("\n")) {
    const [, labels, value] = line.match(/^apiserver_request_total\{(.*)\} (\S+)$/) ?? [];
    if (labels === undefined) continue;
    const {
      verb = "",
      resource = "",
      subresource,
    } = Object.fromEntries(Array.from(labels.matchAll(/(\w+)="([^"]*)"/g), ([, name, text]) => [name, text])) as Record<
      string,
      string
    >;
    if (!WRITES.has(verb)) continue;
    const key = `${verb} ${resource}${subresource ? `/${subresource}` : ""}`;
    counts[key] = (counts[key] ?? 0) + Number(value);
  }
  return counts;
}

/** What there was more of after than before. */
export function writesBetween(before: WriteCounts, after: WriteCounts): WriteCounts {
  const more = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}

/** How many of these are not of Leases. */
export function withoutLeases(counts: WriteCounts): number {
  const others = Object.entries(counts).filter(([key]) => !key.endsWith(" leases"));
  return others.reduce((sum, [, count]) => sum + count, 0);
}

/** Waits until nothing but Leases has been written for a while: Events come after the rest. */
export async function quiet(site: Pick<Site, "cluster">): Promise<void> {
  const first = await apiWrites(site);
  let last = { written: 0, at: performance.now() };
  await until(
    "nothing is written",
    async () => {
      const written = withoutLeases(writesBetween(first, await apiWrites(site)));
      if (written !== last.written) last = { written, at: performance.now() };
      return performance.now() - last.at > QUIET_MILLIS;
    },
    { withinMillis: 300_000, everyMillis: 1_000 },
  );
}

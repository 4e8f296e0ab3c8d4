import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Every metric of this process. */
export const metrics = new Registry();

/** A metric with all of its samples, as plain data: it may cross from thread to thread. */
export type MetricFamily = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>[number];

/** Every metric of this thread, as it is now. */
export async function metricFamilies(): Promise<readonly MetricFamily[]> {
  return metrics.getMetricsAsJSON();
}

/** The metrics of several threads in the text format: samples of the same name and labels add up. */
export function mergeMetrics(threads: readonly (readonly MetricFamily[])[]): Promise<string> {
  return AggregatorRegistry.aggregate(threads.map((families) => [...families])).metrics();
}

/** What every metric has: its name with the unit in it, and a sentence of help. */
export interface MetricOptions<Label extends string> {
  readonly name: `fairlead_${string}`;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

/** Declares a counter. */
export function counter<Label extends string>(options: MetricOptions<Label>): Counter<Label> {
  return new Counter<Label>(configuration(options));
}

/** Declares a gauge. */
export function gauge<Label extends string>(options: MetricOptions<Label>): Gauge<Label> {
  return new Gauge<Label>(configuration(options));
}

/** Declares a histogram of seconds. */
export function histogram<Label extends string>(
  options: MetricOptions<Label> & { readonly buckets: readonly number[] },
): Histogram<Label> {
  return new Histogram<Label>({ ...configuration(options), buckets: [...options.buckets] });
}

function configuration<Label extends string>({ name, help, labelNames = [] }: MetricOptions<Label>) {
  return { name, help, labelNames: [...labelNames], registers: [metrics] };
}

import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Every metric of this process. */
export const metrics = new Registry();

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

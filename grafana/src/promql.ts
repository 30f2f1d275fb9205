/**
 * Builds PromQL from the names in the conventions. When a metric or label is renamed there, the type check of the
 * boards that use it fails. There are two range windows: `$__rate_interval`, the shortest that the scrape interval
 * allows, for graphs; and `$__range`, the range of the time picker, for tables.
 */
import type { Metric } from "./external-metrics.ts";

/** Labels of the metric; Prometheus adds `job` and `instance` to every scraped one. */
type Label<M extends Metric> = M["labels"][number] | "job" | "instance";
type Match = string | readonly string[] | { readonly not: string };
type Window = "$__rate_interval" | "$__range";

interface Selection<M extends Metric> {
  readonly by?: readonly Label<M>[];
  readonly where?: { readonly [L in Label<M>]?: Match };
  readonly over?: Window;
}

const matcher = (label: string, match: Match) => {
  if (typeof match === "string") return `${label}="${match}"`;
  return "not" in match ? `${label}!="${match.not}"` : `${label}=~"${match.join("|")}"`;
};

const select = (name: string, where: Readonly<Record<string, Match | undefined>> = {}) => {
  const matchers = Object.entries(where).flatMap(([label, match]) => (match ? [matcher(label, match)] : []));
  return matchers.length > 0 ? `${name}{${matchers.join(", ")}}` : name;
};

/** Aggregates over all replicas, grouped by labels. */
const aggregate = (operator: string, by: readonly string[] = [], expr: string) =>
  by.length > 0 ? `${operator} by (${by.join(", ")}) (${expr})` : `${operator}(${expr})`;

/** The per-second rate of a counter; over `$__range`, its increase. */
const rateOrIncrease = (name: string, { by, where, over = "$__rate_interval" }: Selection<Metric>) =>
  aggregate("sum", by, `${over === "$__range" ? "increase" : "rate"}(${select(name, where)}[${over}])`);

/** The rate of a counter, per second. */
export const perSecond = <const M extends Metric>(counter: M, selection: Selection<M> = {}) =>
  rateOrIncrease(counter.name, selection);

/** The rate of a counter, per minute. */
export const perMinute = <const M extends Metric>(counter: M, selection: Selection<M> = {}) =>
  `${rateOrIncrease(counter.name, selection)} * 60`;

/** The rate of observations of a histogram, per minute. */
export const countPerMinute = <const M extends Metric>(histogram: M, selection: Selection<M> = {}) =>
  `${rateOrIncrease(`${histogram.name}_count`, selection)} * 60`;

/** The number of observations in each bucket of a histogram, for a heatmap. */
export const buckets = <const M extends Metric>(histogram: M, { where }: Selection<M> = {}) =>
  `sum by (le) (increase(${select(`${histogram.name}_bucket`, where)}[$__rate_interval]))`;

/** The rate of observations of a histogram, per second. */
export const countRate = <const M extends Metric>(histogram: M, selection: Selection<M> = {}) =>
  rateOrIncrease(`${histogram.name}_count`, selection);

/** The increase of a counter over the range of the time picker. */
export const increase = <const M extends Metric>(counter: M, selection: Selection<M> = {}) =>
  rateOrIncrease(counter.name, { ...selection, over: "$__range" });

/** The rate of a histogram's sum: for durations, seconds spent per second. */
export const sumRate = <const M extends Metric>(histogram: M, selection: Selection<M> = {}) =>
  rateOrIncrease(`${histogram.name}_sum`, selection);

/** The values of a label: for a variable, not for a panel. */
export const labelValues = <const M extends Metric>(metric: M, label: Label<M>) =>
  `label_values(${metric.name}, ${label})`;

/** The current value of a gauge, by default the sum over all replicas. */
export const now = <const M extends Metric>(
  gauge: M,
  { by, where }: Selection<M> = {},
  operator: "sum" | "min" | "max" | "count" = "sum",
) => aggregate(operator, by, select(gauge.name, where));

/** A quantile of a histogram, over all replicas. */
export const quantile = <const M extends Metric>(q: number, histogram: M, selection: Selection<M> = {}) =>
  `histogram_quantile(${q}, ${rateOrIncrease(`${histogram.name}_bucket`, { ...selection, by: ["le", ...(selection.by ?? [])] })})`;

/** The ratio of a part to a total; no value while the total is 0. */
export const share = (part: string, total: string) => `${part} / (${total} > 0)`;

/** An expression divided or multiplied by the one value of another. */
export const scaledBy = (expr: string, operator: "*" | "/", one: string) => `${expr} ${operator} scalar(${one})`;

/** An expression that is at least 0. */
export const atLeastZero = (expr: string) => `clamp_min(${expr}, 0)`;

/** 0 where the expression has no value. */
export const orZero = (expr: string) => `${expr} or vector(0)`;

/** Only values above 0, or a line at 0 called `none`, so that "nothing happened" and "no data" look different. */
export const nonZero = (expr: string, label: string) =>
  `${expr} > 0 or label_replace(vector(0), "${label}", "none", "", "")`;

/**
 * PromQL, built from the names in the conventions: a metric or label that is renamed there breaks the type check
 * of the board that reads it. Two windows exist: `$__rate_interval`, the shortest that scrapes allow, for lines
 * over time, and `$__range`, all that the time picker shows, for tables.
 */
import type { Metric } from "./external-metrics.ts";

/** `job` and `instance` come with every scrape. */
type Label<M extends Metric> = M["labels"][number] | "job" | "instance";
type Match = string | readonly string[] | { readonly not: string };
type Window = "$__rate_interval" | "$__range";

interface Cut<M extends Metric> {
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

/** `how` over all replicas, cut by labels. */
const aggregate = (how: string, by: readonly string[] = [], expr: string) =>
  by.length > 0 ? `${how} by (${by.join(", ")}) (${expr})` : `${how}(${expr})`;

/** How fast a counter rises now, or how far it rose in all that is shown. */
const rise = (name: string, { by, where, over = "$__rate_interval" }: Cut<Metric>) =>
  aggregate("sum", by, `${over === "$__range" ? "increase" : "rate"}(${select(name, where)}[${over}])`);

/** How often a counter goes up, per second. */
export const perSecond = <const M extends Metric>(counter: M, cut: Cut<M> = {}) => rise(counter.name, cut);

/** How often a histogram is given a value, per second. */
export const observed = <const M extends Metric>(histogram: M, cut: Cut<M> = {}) =>
  rise(`${histogram.name}_count`, cut);

/** How far a counter went up in all that is shown. */
export const counted = <const M extends Metric>(counter: M, cut: Cut<M> = {}) =>
  rise(counter.name, { ...cut, over: "$__range" });

/** How many seconds of each second a histogram of durations adds up to. */
export const spent = <const M extends Metric>(histogram: M, cut: Cut<M> = {}) => rise(`${histogram.name}_sum`, cut);

/** The values that a label has: for a variable, not for a panel. */
export const labelValues = <const M extends Metric>(metric: M, label: Label<M>) =>
  `label_values(${metric.name}, ${label})`;

/** What a gauge says now: the sum over all replicas, unless told otherwise. */
export const now = <const M extends Metric>(
  gauge: M,
  { by, where }: Cut<M> = {},
  how: "sum" | "min" | "max" | "count" = "sum",
) => aggregate(how, by, select(gauge.name, where));

/** A quantile of a histogram, over all replicas. */
export const quantile = <const M extends Metric>(q: number, histogram: M, cut: Cut<M> = {}) =>
  `histogram_quantile(${q}, ${rise(`${histogram.name}_bucket`, { ...cut, by: ["le", ...(cut.by ?? [])] })})`;

/** A part of a whole; nothing while the whole is 0. */
export const share = (part: string, whole: string) => `${part} / (${whole} > 0)`;

/** 0 where there is nothing. */
export const orZero = (expr: string) => `${expr} or vector(0)`;

/** Only what is above 0, and a line at 0 called `none`, so that "nothing" and "no data" look different. */
export const nonZero = (expr: string, label: string) =>
  `${expr} > 0 or label_replace(vector(0), "${label}", "none", "", "")`;

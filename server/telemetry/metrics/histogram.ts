/**
 * A histogram in prom-client's registry. The exemplar of a bucket is the trace of its newest observation.
 * prom-client's own histogram checks all labels and joins their names and values to a string for each observation, and
 * again for its exemplar. That was most of what the metrics of a call cost.
 */
import type { Metric } from "prom-client";
import { EXEMPLAR_TRACE_ID, type MetricDefinition, type SERVER_LABEL } from "../conventions.ts";
import type { MetricsRegistry } from "./registry.ts";

type Labels<L extends string> = Readonly<Record<L, string>> & { readonly [SERVER_LABEL]?: string };

interface Series<L extends string> {
  readonly labels: Labels<L>;
  /** Observations in each bucket, not cumulative. The last bucket is for values above all bounds. */
  readonly counts: number[];
  readonly exemplars: Exemplar[];
  sum: number;
}

interface Exemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

export class Histogram<L extends string> {
  readonly name: string;
  readonly type = "histogram";
  readonly aggregator = "sum";
  readonly #help: string;
  readonly #labels: readonly (keyof Labels<L>)[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series<L>>();

  constructor(registry: MetricsRegistry, { name, help, labels, buckets = [] }: MetricDefinition) {
    this.name = name;
    this.#help = help;
    this.#labels = labels as readonly (keyof Labels<L>)[];
    this.#bounds = buckets;
    registry.registerMetric(this as unknown as Metric<L>);
  }

  /** @param traceId of a sampled span; undefined observes without an exemplar */
  observe(labels: Labels<L>, value: number, traceId?: string): void {
    let key = "";
    for (const label of this.#labels) key += `${labels[label]}\n`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, counts: new Array(this.#bounds.length + 1).fill(0), exemplars: [], sum: 0 };
      this.#series.set(key, series);
    }
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
    if (traceId === undefined) return;
    series.exemplars[bucket] = { labelSet: { [EXEMPLAR_TRACE_ID]: traceId }, value, timestamp: Date.now() / 1000 };
  }

  /** For the registry's `metrics()`. The labels of a series are one object, which the registry formats once. */
  async getForPromString() {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series));
    return { name: this.name, help: this.#help, type: this.type, aggregator: this.aggregator, values };
  }

  /** For the registry's `getMetricsAsJSON()`. Each value has all its labels. */
  async get() {
    const metric = await this.getForPromString();
    const values = metric.values.map(({ labels, sharedLabels, ...value }) => ({
      ...value,
      labels: { ...labels, ...sharedLabels },
    }));
    return { ...metric, values };
  }

  /** For the registry's `resetMetrics()`. */
  reset(): void {
    this.#series.clear();
  }

  #valuesOf({ labels: sharedLabels, counts, exemplars, sum }: Series<L>) {
    let count = 0;
    const buckets = counts.map((inBucket, bucket) => {
      count += inBucket;
      const labels = { le: this.#bounds[bucket] ?? "+Inf" };
      return { labels, sharedLabels, value: count, metricName: `${this.name}_bucket`, exemplar: exemplars[bucket] };
    });
    const total = (suffix: string, value: number) => ({
      labels: {},
      sharedLabels,
      value,
      metricName: `${this.name}_${suffix}`,
    });
    return [...buckets, total("sum", sum), total("count", count)];
  }
}

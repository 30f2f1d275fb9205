/**
 * A histogram in prom-client's registry, with the trace of the newest observation of each bucket as its exemplar.
 * prom-client's own checks all labels and builds a text of their names and values for each observation, and again for
 * its exemplar: that was most of what the metrics of a call cost.
 */
import type { Metric } from "prom-client";
import { EXEMPLAR_TRACE_ID, type MetricDefinition } from "../conventions.ts";
import type { MetricsRegistry } from "./registry.ts";

interface Series<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  /** By bucket, not cumulative; the last is for what is above all bounds. */
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
  readonly #help: string;
  readonly #labels: readonly L[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series<L>>();

  constructor(registry: MetricsRegistry, { name, help, labels, buckets = [] }: MetricDefinition) {
    this.name = name;
    this.#help = help;
    this.#labels = labels as readonly L[];
    this.#bounds = buckets;
    registry.registerMetric(this as unknown as Metric<L>);
  }

  /** @param traceId of a sampled span; undefined observes without an exemplar */
  observe(labels: Readonly<Record<L, string>>, value: number, traceId?: string): void {
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

  /** What the registry asks for at a scrape. */
  get() {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series));
    return Promise.resolve({ name: this.name, help: this.#help, type: "histogram", aggregator: "sum", values });
  }

  #valuesOf({ labels: sharedLabels, counts, exemplars, sum }: Series<L>) {
    let count = 0;
    const buckets = counts.map((own, bucket) => {
      count += own;
      const labels = { le: this.#bounds[bucket] ?? "+Inf" };
      return { metricName: `${this.name}_bucket`, labels, sharedLabels, value: count, exemplar: exemplars[bucket] };
    });
    const total = (suffix: string, value: number) => ({ metricName: `${this.name}_${suffix}`, sharedLabels, value });
    return [...buckets, total("sum", sum), total("count", count)];
  }
}

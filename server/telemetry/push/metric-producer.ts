/**
 * The metrics of prom-client's registry as OpenTelemetry has them. Prometheus makes of them the names that `/metrics` has:
 * it adds `_total` to a counter, and a unit where the name lacks it. The SDK's `MetricData` has no exemplars.
 */
import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api";
import { hrTime } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import type { MetricsRegistry } from "../metrics/registry.ts";

/** As prom-client's registry reads it. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly {
    readonly labels: Readonly<Record<string, string | number>>;
    readonly value: number;
    /** Of a series of a histogram: with `_bucket`, `_sum` or `_count`. */
    readonly metricName?: string;
  }[];
}

interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

const UNITS: Readonly<Record<string, string>> = { seconds: "s", bytes: "By" };

export function metricProducer(registry: MetricsRegistry, resource: Resource): MetricProducer {
  const startTime = hrTime();
  return {
    async collect() {
      const times = { startTime, endTime: hrTime() };
      const read = (await registry.getMetricsAsJSON()) as unknown as readonly Metric[];
      // Prometheus answers a push that has a metric without data points with 500, and takes nothing of it.
      const metrics = read
        .filter(({ values }) => values.length > 0)
        .flatMap((metric) => metricData(metric, times) ?? []);
      const scopeMetrics = [{ scope: { name: "mcp" }, metrics }];
      return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
    },
  };
}

/** @returns undefined for a type that the registry does not have, such as a summary */
function metricData(metric: Metric, times: Times): MetricData | undefined {
  // Prometheus adds it. The registry takes it off itself, but only once it was scraped as OpenMetrics.
  const name = metric.type === "counter" ? metric.name.replace(/_total$/, "") : metric.name;
  const common = {
    descriptor: {
      name,
      description: metric.help,
      unit: UNITS[name.split("_").at(-1) ?? ""] ?? "",
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  switch (metric.type) {
    case "counter":
      return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: numbers(metric, times) };
    case "gauge":
      return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: numbers(metric, times) };
    case "histogram":
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(metric, times) };
    default:
      return undefined;
  }
}

const numbers = ({ values }: Metric, times: Times): DataPoint<number>[] =>
  values.map(({ labels, value }) => ({ ...times, attributes: { ...labels } as Attributes, value }));

function histograms({ name, values }: Metric, times: Times): DataPoint<Histogram>[] {
  const series = new Map<
    string,
    { attributes: Attributes; boundaries: number[]; counts: number[]; sum: number; count: number }
  >();
  for (const { labels, value, metricName } of values) {
    const { le, ...attributes } = labels;
    const key = JSON.stringify(Object.entries(attributes).sort());
    const of = series.get(key) ?? {
      attributes: attributes as Attributes,
      boundaries: [],
      counts: [],
      sum: 0,
      count: 0,
    };
    series.set(key, of);
    if (metricName === `${name}_sum`) of.sum = value;
    else if (metricName === `${name}_count`) of.count = value;
    else {
      // Those of prom-client count all observations up to their bound.
      of.counts.push(value - of.counts.reduce((total, count) => total + count, 0));
      if (le !== "+Inf") of.boundaries.push(Number(le));
    }
  }
  return [...series.values()].map(({ attributes, boundaries, counts, sum, count }) => ({
    ...times,
    attributes,
    value: { buckets: { boundaries, counts }, sum, count },
  }));
}

/** Makes a prom-client metric from its definition in `conventions.ts`. The registry is always the caller's own. */
import { Counter, Gauge, Histogram, type LabelValues, type OpenMetricsContentType, type Registry } from "prom-client";
import { EXEMPLAR_TRACE_ID, type MetricDefinition } from "../conventions.ts";

export type MetricsRegistry = Registry<OpenMetricsContentType>;

type Labels<D extends MetricDefinition> = D["labels"][number];

const common = (definition: MetricDefinition, registry: MetricsRegistry) => ({
  name: definition.name,
  help: definition.help,
  registers: [registry],
});

/** @param collect called at each scrape, before the value is read */
export function counter<D extends MetricDefinition>(
  registry: MetricsRegistry,
  definition: D,
  collect?: (metric: Counter<Labels<D>>) => void,
): Counter<Labels<D>> {
  return new Counter<Labels<D>>({
    ...common(definition, registry),
    labelNames: definition.labels as readonly Labels<D>[],
    ...(collect && {
      collect() {
        collect(this);
      },
    }),
  });
}

/** @param collect called at each scrape, before the value is read */
export function gauge<D extends MetricDefinition>(
  registry: MetricsRegistry,
  definition: D,
  collect?: (metric: Gauge<Labels<D>>) => void,
): Gauge<Labels<D>> {
  return new Gauge<Labels<D>>({
    ...common(definition, registry),
    labelNames: definition.labels as readonly Labels<D>[],
    ...(collect && {
      collect() {
        collect(this);
      },
    }),
  });
}

export function histogram<D extends MetricDefinition>(registry: MetricsRegistry, definition: D): Histogram<Labels<D>> {
  return new Histogram<Labels<D>>({
    ...common(definition, registry),
    labelNames: definition.labels as readonly Labels<D>[],
    buckets: [...(definition.buckets ?? [])],
    enableExemplars: definition.exemplars === true,
  });
}

/**
 * Observes a histogram whose definition has exemplars. prom-client then takes one object, and silently loses the
 * labels of the plain form; its types mistake exemplar labels for the metric's own.
 *
 * @param traceId of a sampled span; undefined observes without an exemplar
 */
export function observeLinked<T extends string>(
  metric: Histogram<T>,
  labels: LabelValues<T>,
  value: number,
  traceId: string | undefined,
): void {
  if (traceId === undefined) metric.observe({ labels, value });
  else metric.observe({ labels, value, exemplarLabels: { [EXEMPLAR_TRACE_ID]: traceId } as LabelValues<T> });
}

/** A counter whose value is kept elsewhere and only grows. */
export function counterFrom(
  registry: MetricsRegistry,
  definition: MetricDefinition,
  read: () => number,
): Counter<string> {
  return counter(registry, definition, (metric) => {
    metric.reset();
    metric.inc(read());
  });
}

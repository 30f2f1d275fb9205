/** Makes a prom-client metric from its definition in `conventions.ts`. The registry is always the caller's own. */
import { Counter, Gauge } from "prom-client";
import type { MetricDefinition } from "../conventions.ts";
import { Histogram } from "./histogram.ts";
import type { MetricsRegistry } from "./registry.ts";

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

export const histogram = <D extends MetricDefinition>(registry: MetricsRegistry, definition: D) =>
  new Histogram<Labels<D>>(registry, definition);

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

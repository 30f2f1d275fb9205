/** Makes prom-client metrics from their definitions in `conventions.ts`. */
import { Counter, Gauge } from "prom-client";
import type { MetricDefinition } from "../conventions.ts";
import { Histogram } from "./histogram.ts";
import type { MetricsRegistry } from "./registry.ts";

type Labels<D extends MetricDefinition> = D["labels"][number];

type Collect<M> = (metric: M) => void;

const configuration = <D extends MetricDefinition, M>(
  registry: MetricsRegistry,
  { name, help, labels }: D,
  collect?: Collect<M>,
) => ({
  name,
  help,
  labelNames: labels as readonly Labels<D>[],
  registers: [registry],
  ...(collect && {
    collect(this: M) {
      collect(this);
    },
  }),
});

/** @param collect called at each scrape, before the value is read */
export const counter = <D extends MetricDefinition>(
  registry: MetricsRegistry,
  definition: D,
  collect?: Collect<Counter<Labels<D>>>,
) => new Counter<Labels<D>>(configuration(registry, definition, collect));

/** @param collect called at each scrape, before the value is read */
export const gauge = <D extends MetricDefinition>(
  registry: MetricsRegistry,
  definition: D,
  collect?: Collect<Gauge<Labels<D>>>,
) => new Gauge<Labels<D>>(configuration(registry, definition, collect));

export const histogram = <D extends MetricDefinition>(registry: MetricsRegistry, definition: D) =>
  new Histogram<Labels<D>>(registry, definition);

/** A counter that takes its value from elsewhere at each scrape. The value must never decrease. */
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

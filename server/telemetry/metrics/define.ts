/** Makes prom-client metrics from their definitions in `conventions.ts`. */
import { Counter, Gauge } from "prom-client";
import { type MetricDefinition, PER_SERVER, SERVER_LABEL } from "../conventions.ts";
import { Histogram } from "./histogram.ts";
import type { MetricsRegistry } from "./registry.ts";

type Labels<D extends MetricDefinition> = D["labels"][number] | typeof SERVER_LABEL;

type Collect<M> = (metric: M) => void;

const labelsOf = <D extends MetricDefinition>({ name, labels }: Pick<D, "name" | "labels">): readonly Labels<D>[] =>
  PER_SERVER.has(name) ? [...labels, SERVER_LABEL] : labels;

/** The label of a series. @param server undefined in a process that is one server */
export const serverLabel = (server: string | undefined): { readonly [SERVER_LABEL]?: string } =>
  server === undefined ? {} : { [SERVER_LABEL]: server };

const configuration = <D extends MetricDefinition, M>(
  registry: MetricsRegistry,
  { name, help, labels }: D,
  collect?: Collect<M>,
) => ({
  name,
  help,
  labelNames: labelsOf<D>({ name, labels }),
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
  new Histogram<D["labels"][number]>(registry, { ...definition, labels: labelsOf<D>(definition) });

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

/** A new registry with the default metrics of Node.js, in the OpenMetrics format, which exemplars need. */
import { collectDefaultMetrics, type OpenMetricsContentType, Registry } from "prom-client";

export type MetricsRegistry = Registry<OpenMetricsContentType>;

export function createRegistry(): MetricsRegistry {
  const registry: MetricsRegistry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  return registry;
}

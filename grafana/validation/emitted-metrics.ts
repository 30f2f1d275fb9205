/** The definitions of all metrics that the server, its clients and the probe emit. */
import { CLIENT_METRICS, METRICS, type MetricDefinition, PROBE_METRICS } from "mcp-telemetry/conventions";

export const EMITTED_METRICS: readonly MetricDefinition[] = [METRICS, CLIENT_METRICS, PROBE_METRICS].flatMap(
  (definitions): MetricDefinition[] => Object.values(definitions),
);

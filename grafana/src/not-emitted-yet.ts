/**
 * Metrics of the conventions that the server does not emit yet. Panels may ask for them; a check of a running stack
 * then says "not verified" instead of failing. `[]` once all are emitted: `grafana/agreement` fails if one is.
 */
import { METRICS } from "../../server/telemetry/conventions.ts";
import type { Metric } from "./others.ts";

export const NOT_EMITTED_YET: readonly Metric[] = [
  METRICS.toolLateCompletions,
  METRICS.toolCost,
  METRICS.toolTimeout,
  METRICS.runawayEpisodes,
  METRICS.middlewareFailures,
  METRICS.circuitBreakerOpen,
  METRICS.bulkheadRunning,
  METRICS.bulkheadQueued,
  METRICS.bulkheadLimit,
];

/**
 * The metrics of prompts, and those of resources: what those of tools are, without the limits and the price that only
 * tools have. A resource that a caller names by a template counts as the template.
 */
import {
  ERROR_CLASSES,
  type ErrorClass,
  METRICS,
  type MetricDefinition,
  OTHER,
  OUTCOMES,
  type TransportName,
} from "../conventions.ts";
import type { FinishedCall } from "../request/outcome.ts";
import { counter, histogram, serverLabel } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

/** A server may register a resource for each of its documents. Further ones are `_OTHER`. */
const MAX_NAMES = 100;

interface Definitions {
  readonly calls: MetricDefinition;
  readonly duration: MetricDefinition;
  readonly errors: MetricDefinition;
  readonly outputBytes: MetricDefinition;
  readonly inputBytes?: MetricDefinition;
}

export const promptMetrics = (registry: MetricsRegistry) =>
  offeredMetrics(registry, "prompt_name", {
    calls: METRICS.promptGets,
    duration: METRICS.promptDuration,
    errors: METRICS.promptErrors,
    outputBytes: METRICS.promptOutputBytes,
    inputBytes: METRICS.promptInputBytes,
  });

export const resourceMetrics = (registry: MetricsRegistry) =>
  offeredMetrics(registry, "resource_uri", {
    calls: METRICS.resourceReads,
    duration: METRICS.resourceDuration,
    errors: METRICS.resourceErrors,
    outputBytes: METRICS.resourceOutputBytes,
  });

function offeredMetrics(registry: MetricsRegistry, label: string, definitions: Definitions) {
  const calls = counter(registry, definitions.calls);
  const duration = histogram(registry, definitions.duration);
  const errors = counter(registry, definitions.errors);
  const outputBytes = histogram(registry, definitions.outputBytes);
  const inputBytes = definitions.inputBytes && histogram(registry, definitions.inputBytes);
  const known = new Set<string>();
  const errorLabels = (errorClass: ErrorClass) => ({
    error_class: errorClass,
    retryable: String(ERROR_CLASSES[errorClass]),
  });

  return {
    /** Creates the series of a name with the value 0. Else a rate would miss the first increase. */
    register(name: string, transport: TransportName, server?: string): void {
      if (known.size >= MAX_NAMES && !known.has(name)) return;
      known.add(name);
      const labels = { [label]: name, ...serverLabel(server) };
      for (const status of OUTCOMES) calls.inc({ ...labels, status, transport }, 0);
      for (const one of Object.keys(ERROR_CLASSES) as ErrorClass[]) errors.inc({ ...labels, ...errorLabels(one) }, 0);
    },

    /** @param offered registered, or `_OTHER` */
    record(offered: string, { call, verdict, durationMs, sizes, traceId }: FinishedCall): void {
      const { transport, server } = call.session;
      const labels = { [label]: known.has(offered) ? offered : OTHER, ...serverLabel(server) };
      const status = verdict.outcome;
      calls.inc({ ...labels, status, transport });
      duration.observe({ ...labels, status }, durationMs / 1000, traceId);
      if (sizes !== undefined) {
        inputBytes?.observe(labels, sizes.inputBytes);
        outputBytes.observe(labels, sizes.outputBytes);
      }
      if (verdict.errorClass !== undefined) errors.inc({ ...labels, ...errorLabels(verdict.errorClass) });
    },
  };
}

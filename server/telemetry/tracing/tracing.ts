/**
 * What the rest of the telemetry knows of tracing. `register.ts` holds the one instance: the real one
 * (`sdk.ts`) when `OTEL_EXPORTER_OTLP_ENDPOINT` is set or the inspector is on, else {@link tracingOff}, which loads no SDK.
 */
import type { Span } from "@opentelemetry/api";
import type { SamplingRecord } from "./sampling.ts";
import { type ExportStats, newExportStats } from "./stats.ts";

export interface Tracing {
  /** Whether spans are recorded at all. */
  readonly active: boolean;
  /** Whether `OTEL_TRACES_SAMPLER` decides instead of the project's own sampling. */
  readonly standardSampler: boolean;
  readonly stats: ExportStats;
  /** Keeps a call after the fact: marks `span` as sampled and exports what was buffered for it. */
  keep(record: SamplingRecord, span: Span): void;
  /** Resolves when every finished span was handed to the back end, or its time was up. Never rejects. */
  shutdown(): Promise<void>;
}

export const tracingOff = (): Tracing => ({
  active: false,
  standardSampler: false,
  stats: newExportStats(),
  keep: () => {},
  shutdown: async () => {},
});

/**
 * The interface of tracing to the rest of the telemetry. `start-tracing.ts` makes the one instance: that of `sdk.ts` when
 * spans are exported or the inspector is on, else {@link tracingOff}, which loads no SDK.
 */
import type { Span } from "@opentelemetry/api";
import type { SamplingRecord } from "./sampling.ts";

/** What became of finished spans. The metrics read it at each scrape. */
export interface ExportStats {
  /** Spans that the back end accepted. */
  exported: number;
  /** Spans that were lost because their export failed or a buffer was full. */
  dropped: number;
  /** Attempts to send a batch that the back end did not accept. */
  failures: number;
  /** Called at most once a minute, when a back end accepted a batch and refused some of its spans. */
  onRefused: (spans: number, why: string) => void;
}

export const newExportStats = (): ExportStats => ({ exported: 0, dropped: 0, failures: 0, onRefused: () => {} });

export interface Tracing {
  /** Whether spans are recorded at all. */
  readonly active: boolean;
  /** Whether `OTEL_TRACES_SAMPLER` decides instead of the project's own sampling. */
  readonly standardSampler: boolean;
  readonly stats: ExportStats;
  /** Samples a call whose outcome is known: marks `span` as sampled and exports the spans buffered for its call. */
  sampleLate(record: SamplingRecord, span: Span): void;
  /**
   * Undoes what the start has changed in the process. Resolves when every finished span was sent, or after a timeout.
   * Never rejects.
   */
  shutdown(): Promise<void>;
}

export const tracingOff = (): Tracing => ({
  active: false,
  standardSampler: false,
  stats: newExportStats(),
  sampleLate: () => {},
  shutdown: async () => {},
});

/** The metrics of the telemetry itself: exported and dropped spans, dropped log lines, versions. */
import { METRICS } from "../conventions.ts";
import type { ExportStats } from "../tracing/tracing.ts";
import { counterFrom, gauge } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export interface Build {
  /** The version of the server. */
  readonly version: string;
  /** The version of `@modelcontextprotocol/sdk`. */
  readonly sdkVersion: string;
}

export function selfMetrics(
  registry: MetricsRegistry,
  stats: ExportStats,
  droppedLines: () => number,
  build: Build,
): void {
  counterFrom(registry, METRICS.spansExported, () => stats.exported);
  counterFrom(registry, METRICS.spansDropped, () => stats.dropped);
  counterFrom(registry, METRICS.exportFailures, () => stats.failures);
  counterFrom(registry, METRICS.logLinesDropped, droppedLines);
  gauge(registry, METRICS.buildInfo).set(
    { version: build.version, node_version: process.version, sdk_version: build.sdkVersion },
    1,
  );
}

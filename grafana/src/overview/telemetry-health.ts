import { METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { scrapeStatus } from "../health/scrapes.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { perMinute } from "../promql.ts";
import { series } from "../targets.ts";

export const telemetryHealth = () =>
  foldedRow("Telemetry pipeline", [
    timeseries(
      "Dropped telemetry",
      "Spans and log lines that the server lost. 0 is healthy. Above 0, traces or log lines are missing although the server works; check Tempo or the reader of the log.",
      perMinuteOf("lost"),
    )
      .span(12)
      .withTarget(series(perMinute(METRICS.exportFailures), "span batches refused"))
      .withTarget(series(perMinute(METRICS.spansDropped), "spans dropped"))
      .withTarget(series(perMinute(METRICS.logLinesDropped), "log lines dropped")),

    scrapeStatus().span(12),
  ]);

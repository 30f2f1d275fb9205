import { METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { states } from "../panel-style.ts";
import { perMinuteOf, stateTimeline, timeseries } from "../panels.ts";
import { now, perMinute } from "../promql.ts";
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

    stateTimeline(
      "Scrape status",
      "up: every replica of the job answered the scrape. down: at least one did not, so its data is missing from all panels above.",
      states("up", "down", "zero"),
    )
      .span(12)
      .height(8)
      .withTarget(series(now(EXTERNAL_METRICS.up, { by: ["job"] }, "min"), "{{job}}")),
  ]);

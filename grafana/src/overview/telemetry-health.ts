import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { redBelow, valueTexts } from "../panel-style.ts";
import { timeseries, verdict } from "../panels.ts";
import { now, perSecond } from "../promql.ts";
import { series } from "../targets.ts";

export const telemetryHealth = () =>
  row("Completeness of this data", [
    timeseries(
      "Lost telemetry",
      "Spans and log lines that the server lost. 0 is healthy. Above 0, traces or log lines are missing although the server works; check Tempo or the reader of the log.",
      units.CountsPerSecond,
    )
      .span(12)
      .height(6)
      .withTarget(series(perSecond(METRICS.exportFailures), "span batches refused"))
      .withTarget(series(perSecond(METRICS.spansDropped), "spans dropped"))
      .withTarget(series(perSecond(METRICS.logLinesDropped), "log lines dropped")),

    verdict(
      "Scrapes",
      "up: every replica of the job answered the last scrape. down: at least one did not, so its data is missing from all panels above.",
      units.Short,
      redBelow(1),
    )
      .span(12)
      .height(6)
      .mappings(valueTexts("up", "down"))
      .withTarget(series(now(EXTERNAL_METRICS.up, { by: ["job"] }, "min"), "{{job}}")),
  ]);

import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { withColours } from "../panel-style.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { perMinute } from "../promql.ts";
import { series } from "../targets.ts";

export const traces = () =>
  row("Traces", [
    withColours(
      { exported: "green", dropped: "red", "batches refused": "orange" },
      timeseries(
        "Exported spans",
        "Spans that the server exported or lost. If `dropped` or `batches refused` is above 0, traces are incomplete. If `exported` is 0 under load, nothing is traced.",
        perMinuteOf("spans"),
      ),
    )
      .span(8)
      .withTarget(series(perMinute(METRICS.spansExported), "exported"))
      .withTarget(series(perMinute(METRICS.spansDropped), "dropped"))
      .withTarget(series(perMinute(METRICS.exportFailures), "batches refused")),

    timeseries(
      "Spans received by Tempo",
      "Spans of all services that Tempo received. If `accepted` is far below the exported number, the connection is broken. If spans are refused, read Tempo's log.",
      perMinuteOf("spans"),
    )
      .span(8)
      .withTarget(series(perMinute(EXTERNAL_METRICS.spansAccepted), "accepted"))
      .withTarget(series(perMinute(EXTERNAL_METRICS.spansRefused), "refused")),

    timeseries(
      "Spans discarded by Tempo",
      "Spans that Tempo stored but did not count in the service map, by reason. 0 is healthy.",
      perMinuteOf("spans"),
    )
      .span(8)
      .withTarget(series(perMinute(EXTERNAL_METRICS.generatorDiscards, { by: ["reason"] }), "{{reason}}")),
  ]);

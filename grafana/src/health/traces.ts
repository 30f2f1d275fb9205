import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { withColours } from "../panel-style.ts";
import { timeseries } from "../panels.ts";
import { perSecond } from "../promql.ts";
import { series } from "../targets.ts";

export const traces = () =>
  row("Traces", [
    withColours(
      { exported: "green", dropped: "red", "batches refused": "orange" },
      timeseries(
        "Spans of the server",
        "Spans that the server exported or lost. If `dropped` or `batches refused` is above 0, traces are incomplete. If `exported` is 0 under load, nothing is traced.",
        units.CountsPerSecond,
      ),
    )
      .span(8)
      .withTarget(series(perSecond(METRICS.spansExported), "exported"))
      .withTarget(series(perSecond(METRICS.spansDropped), "dropped"))
      .withTarget(series(perSecond(METRICS.exportFailures), "batches refused")),

    timeseries(
      "Spans at Tempo",
      "Spans of all services that Tempo received. If `accepted` is far below the exported number, the connection is broken. If spans are refused, read Tempo's log.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.spansAccepted), "accepted"))
      .withTarget(series(perSecond(EXTERNAL_METRICS.spansRefused), "refused")),

    timeseries(
      "Spans not counted by the generator",
      "Spans that Tempo stored but did not count in the service map, by reason. 0 is healthy.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.generatorDiscards, { by: ["reason"] }), "{{reason}}")),
  ]);

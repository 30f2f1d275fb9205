import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { now, perMinute } from "../promql.ts";
import { series } from "../targets.ts";

export const logs = () =>
  row("Logs", [
    timeseries(
      "Log volume by stage",
      "Log lines read by Promtail, sent by Promtail and stored by Loki. Equal rates are healthy. A gap between two stages shows where lines are lost.",
      perMinuteOf("lines"),
    )
      .span(12)
      .withTarget(series(perMinute(EXTERNAL_METRICS.linesRead), "read"))
      .withTarget(series(perMinute(EXTERNAL_METRICS.linesSent), "sent"))
      .withTarget(series(perMinute(EXTERNAL_METRICS.linesStored), "stored")),

    timeseries(
      "Lost log lines",
      "Lines lost in the server, because its output was closed or too slow, and lines lost in Promtail, by reason: ingester_error means that Loki is down, rate_limited that there are too many lines. 0 is healthy.",
      perMinuteOf("lines"),
    )
      .span(6)
      .withTarget(series(perMinute(METRICS.logLinesDropped), "server"))
      .withTarget(series(perMinute(EXTERNAL_METRICS.linesDropped, { by: ["reason"] }), "{{reason}}")),

    timeseries(
      "Streams in Loki",
      "Number of label combinations. If there are hundreds, an id was made a label; Loki will refuse lines.",
      units.Short,
    )
      .span(6)
      .withTarget(series(now(EXTERNAL_METRICS.streams), "streams")),
  ]);

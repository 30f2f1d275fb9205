import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { timeseries } from "../panels.ts";
import { now, perSecond } from "../promql.ts";
import { series } from "../targets.ts";

export const logs = () =>
  row("Logs", [
    timeseries(
      "Lines on their way",
      "read by Promtail, sent by Promtail, stored by Loki: one line over another is health. A gap between two is where lines get lost.",
      units.CountsPerSecond,
    )
      .span(12)
      .withTarget(series(perSecond(EXTERNAL_METRICS.linesRead), "read"))
      .withTarget(series(perSecond(EXTERNAL_METRICS.linesSent), "sent"))
      .withTarget(series(perSecond(EXTERNAL_METRICS.linesStored), "stored")),

    timeseries(
      "Lines lost",
      "In the server: its stream was closed or too slow. In Promtail, by reason: ingester_error is Loki down, rate_limited is too much at once. All at 0 is health.",
      units.CountsPerSecond,
    )
      .span(6)
      .withTarget(series(perSecond(METRICS.logLinesDropped), "server"))
      .withTarget(series(perSecond(EXTERNAL_METRICS.linesDropped, { by: ["reason"] }), "{{reason}}")),

    timeseries(
      "Streams in Loki",
      "Combinations of labels. Hundreds: somebody made a label of an id, and Loki will refuse lines.",
      units.Short,
    )
      .span(6)
      .withTarget(series(now(EXTERNAL_METRICS.streams), "streams")),
  ]);

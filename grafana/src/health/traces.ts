import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
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
        "dropped or refused above 0: traces have holes while the server goes on working. exported at 0 under load: nothing is traced at all.",
        units.CountsPerSecond,
      ),
    )
      .span(8)
      .withTarget(series(perSecond(METRICS.spansExported), "exported"))
      .withTarget(series(perSecond(METRICS.spansDropped), "dropped"))
      .withTarget(series(perSecond(METRICS.exportFailures), "batches refused")),

    timeseries(
      "Spans at Tempo",
      "Of all services. accepted far below what the services export: the way there is cut. refused: read Tempo's log.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.spansAccepted), "accepted"))
      .withTarget(series(perSecond(EXTERNAL_METRICS.spansRefused), "refused")),

    timeseries(
      "Discarded by the generator",
      "Spans that Tempo stored, but did not count for the service map, by reason. All lines at 0 is health.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.generatorDiscards, { by: ["reason"] }), "{{reason}}")),
  ]);

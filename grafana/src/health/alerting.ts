import * as units from "@grafana/grafana-foundation-sdk/units";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { timeseries } from "../panels.ts";
import { nonZero, perSecond } from "../promql.ts";
import { series } from "../targets.ts";

/** The steps of an alert from rule evaluation to notification. The alert Watchdog covers the path end to end. */
export const alerting = () =>
  row("Alerts", [
    timeseries(
      "Rules that fail",
      "Evaluations without an answer, by group. Above 0: these alerts cannot fire; the error is on Prometheus' page of rules.",
      units.CountsPerSecond,
    )
      .span(8)
      .height(6)
      .withTarget(series(perSecond(EXTERNAL_METRICS.ruleFailures, { by: ["rule_group"] }), "{{rule_group}}")),

    timeseries(
      "Dropped on the way to Alertmanager",
      "Alerts that fired and that nobody will hear of. Above 0: Alertmanager is down or cannot be reached.",
      units.CountsPerSecond,
    )
      .span(8)
      .height(6)
      .withTarget(series(perSecond(EXTERNAL_METRICS.notificationsDropped), "dropped")),

    timeseries(
      "Notifications that fail",
      "Alertmanager could not tell its receivers, by the kind of receiver; a line called none at 0 is health.",
      units.CountsPerSecond,
    )
      .span(8)
      .height(6)
      .withTarget(
        series(
          nonZero(perSecond(EXTERNAL_METRICS.notificationsFailed, { by: ["integration"] }), "integration"),
          "{{integration}}",
        ),
      ),
  ]);

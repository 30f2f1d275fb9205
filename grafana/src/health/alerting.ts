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
      "Failed rule evaluations",
      "Rule evaluations that failed, by group. 0 is healthy. Above 0, these alerts cannot fire; Prometheus shows the error on its rules page.",
      units.CountsPerSecond,
    )
      .span(8)
      .height(6)
      .withTarget(series(perSecond(EXTERNAL_METRICS.ruleFailures, { by: ["rule_group"] }), "{{rule_group}}")),

    timeseries(
      "Alerts lost before Alertmanager",
      "Alerts that fired but did not reach Alertmanager. 0 is healthy. Above 0, Alertmanager is down or cannot be reached.",
      units.CountsPerSecond,
    )
      .span(8)
      .height(6)
      .withTarget(series(perSecond(EXTERNAL_METRICS.notificationsDropped), "dropped")),

    timeseries(
      "Failed notifications",
      "Notifications that Alertmanager could not deliver, by kind of receiver. A line `none` at 0 is healthy.",
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

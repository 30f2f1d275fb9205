import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { nonZero, perMinute } from "../promql.ts";
import { series } from "../targets.ts";

/** Names the file of a group, `/…/rules/slo.yml;slo`, by its last part. */
const byRuleFile = (expr: string) =>
  `sum by (rule_file) (label_replace(${expr}, "rule_file", "$1", "rule_group", ".*/(.*)\\\\.yml;.*"))`;

/** The steps of an alert from rule evaluation to notification. The alert Watchdog covers the path end to end. */
export const alerting = () =>
  row("Alerting", [
    timeseries(
      "Failed rule evaluations",
      "Rule evaluations that failed, by group. 0 is healthy. Above 0, these alerts cannot fire; Prometheus shows the error on its rules page.",
      perMinuteOf("evaluations"),
    )
      .span(8)
      .height(6)
      .withTarget(
        series(byRuleFile(perMinute(EXTERNAL_METRICS.ruleFailures, { by: ["rule_group"] })), "{{rule_file}}"),
      ),

    timeseries(
      "Alerts lost before Alertmanager",
      "Alerts that fired but did not reach Alertmanager. 0 is healthy. Above 0, Alertmanager is down or cannot be reached.",
      perMinuteOf("alerts"),
    )
      .span(8)
      .height(6)
      .withTarget(series(perMinute(EXTERNAL_METRICS.notificationsDropped), "dropped")),

    timeseries(
      "Failed notifications",
      "Notifications that Alertmanager could not deliver, by kind of receiver. A line `none` at 0 is healthy.",
      perMinuteOf("notifications"),
    )
      .span(8)
      .height(6)
      .withTarget(
        series(
          nonZero(perMinute(EXTERNAL_METRICS.notificationsFailed, { by: ["integration"] }), "integration"),
          "{{integration}}",
        ),
      ),
  ]);

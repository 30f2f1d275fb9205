import { BAGGAGE, LOG } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { callsOfBusiest, unservedCallsOfSubjects } from "../logql.ts";
import { perMinuteOf, stacked } from "../panels.ts";
import { lineCounts } from "../targets.ts";

const tenant = BAGGAGE["tenant.id"];

/** From log lines: subjects and tenants are no labels of metrics, because their number has no limit. */
export const subjects = () =>
  row("Subjects and tenants", [
    stacked(
      "Calls by subject",
      "Tool calls of the ten busiest authenticated subjects, counted from log lines.",
      perMinuteOf("calls"),
    )
      .datasource(datasource("loki"))
      .noValue("No call of an authenticated subject")
      .span(8)
      .withTarget(lineCounts(callsOfBusiest(LOG.userId), `{{${LOG.userId}}}`)),

    stacked(
      "Failed and rejected calls by subject",
      "Tool calls without success, by subject and outcome. One subject with most of them: look at its client first.",
      perMinuteOf("calls"),
    )
      .datasource(datasource("loki"))
      .noValue("No call of a subject has failed")
      .span(8)
      .withTarget(lineCounts(unservedCallsOfSubjects, `{{${LOG.userId}}} {{${LOG.outcome}}}`)),

    stacked(
      "Calls by tenant",
      "Tool calls of the ten busiest tenants: the baggage member tenant.id of a trusted caller.",
      perMinuteOf("calls"),
    )
      .datasource(datasource("loki"))
      .noValue("No caller sends a tenant")
      .span(8)
      .withTarget(lineCounts(callsOfBusiest(tenant), `{{${tenant}}}`)),
  ]);

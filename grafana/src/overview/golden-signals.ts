import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { CLICKED, linkToMetrics, linkToTool } from "../links.ts";
import { redFrom, redTowards } from "../panel-style.ts";
import { stat, table, verdict } from "../panels.ts";
import { now, orZero, perSecond, quantile, share } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { linked, rowsNamedBy } from "../table-columns.ts";
import { instant, series } from "../targets.ts";

const failed = perSecond(METRICS.toolCalls, { where: { status: "error" } });
const served = perSecond(METRICS.toolCalls, { where: { status: SERVED } });
const firing = { alertstate: "firing" } as const;
const exceptWatchdog = { ...firing, alertname: { not: "Watchdog" } } as const;
const allFiring = now(EXTERNAL_METRICS.alerts, { by: ["alertname", "severity", "tool_name"], where: firing }, "max");

/** Five numbers and the firing alerts, for a first look of ten seconds. */
export const goldenSignals = () =>
  row("Current state", [
    stat(
      "Calls",
      "Finished tool calls per second, with every outcome. If it suddenly falls to zero, look at the sessions and at the refused requests.",
      units.RequestsPerSecond,
    )
      .span(4)
      .withTarget(series(perSecond(METRICS.toolCalls), "calls")),

    verdict(
      "Error ratio",
      "Share of calls that failed because of the server. Rejected and cancelled calls do not count. Red: MCPToolHighErrorRate fires; see the errors by class below.",
      units.PercentUnit,
      redTowards(LIMITS.errorRatio),
    )
      .span(4)
      .decimals(1)
      .withTarget(series(orZero(share(failed, served)), "errors")),

    verdict(
      "p99 latency",
      "99 of 100 calls are faster than this. Red: MCPToolHighLatency fires; find the tool under Latency, and click one of its dots.",
      units.Seconds,
      redTowards(LIMITS.p99Seconds),
    )
      .span(4)
      .withTarget(series(quantile(0.99, METRICS.toolDuration, { where: { status: SERVED } }), "p99")),

    stat(
      "Sessions",
      "Open sessions of all replicas, of clients until revision 2025-11-25; later revisions have none. If they grow without more calls, clients do not end their sessions.",
      units.Short,
    )
      .span(3)
      .withTarget(series(now(METRICS.activeSessions), "sessions")),

    verdict(
      "Alerts",
      "Firing alerts, without Watchdog. Above 0, open the runbook of the alert in prometheus/runbooks; the list beside shows the names.",
      units.Short,
      redFrom(1),
    )
      .span(3)
      .withTarget(series(orZero(now(EXTERNAL_METRICS.alerts, { where: exceptWatchdog }, "count")), "firing"))
      .dataLinks([linkToMetrics("Firing alerts in Explore", allFiring)]),

    linked(
      rowsNamedBy(
        table(
          "Firing",
          "Alerts that fire now. Watchdog always fires; if it is missing, alerting is broken and green panels prove nothing. Click a tool to open its board.",
        ),
        { alertname: "Alert", severity: "Severity", tool_name: "Tool" },
      ),
      "Tool",
      linkToTool(CLICKED),
    )
      .span(6)
      .height(4)
      .unit(units.String)
      .withTarget(instant("firing", allFiring)),
  ]);

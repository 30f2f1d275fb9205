import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
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
  row("Right now", [
    stat(
      "Calls",
      "Finished tool calls of every outcome. A sudden zero is as bad as a flood: look at the sessions next.",
      units.RequestsPerSecond,
    )
      .span(4)
      .withTarget(series(perSecond(METRICS.toolCalls), "calls")),

    verdict(
      "Error ratio",
      "Share of calls that failed by the server's own fault; rejected and cancelled calls are not counted. Red is where MCPToolHighErrorRate fires: read the errors by class below.",
      units.PercentUnit,
      redTowards(LIMITS.errorRatio),
    )
      .span(4)
      .decimals(1)
      .withTarget(series(orZero(share(failed, served)), "errors")),

    verdict(
      "p99 latency",
      "99 of 100 calls are faster than this. Red is where MCPToolHighLatency fires: find the tool under Latency, then one of its dots.",
      units.Seconds,
      redTowards(LIMITS.p99Seconds),
    )
      .span(4)
      .withTarget(series(quantile(0.99, METRICS.toolDuration, { where: { status: SERVED } }), "p99")),

    stat(
      "Sessions",
      "Sessions open now, over all replicas. Growth without calls means clients that never say goodbye.",
      units.Short,
    )
      .span(3)
      .withTarget(series(now(METRICS.activeSessions), "sessions")),

    verdict(
      "Alerts",
      "Firing alerts, Watchdog not counted. Anything but 0: take a name from the list beside it and open the runbook of that name in prometheus/runbooks.",
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
          "What fires now. Watchdog always does; when it is missing, alerting itself is broken: do not trust a green board. Click a tool for its board.",
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

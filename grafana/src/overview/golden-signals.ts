import { DashboardLinkBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { firstScreen } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { CLICKED_CLASS, linkToLogs } from "../links.ts";
import { linesOfErrorClass } from "../logql.ts";
import { orangeFrom, redBelow, redFrom, redTowards, textFor, withColours } from "../panel-style.ts";
import { perMinuteOf, stacked, stat, timeseries, verdict } from "../panels.ts";
import { atLeastZero, nonZero, now, orZero, perMinute, perSecond, quantile, share } from "../promql.ts";
import { LIMITS, OUTCOME_COLOURS, SERVED, SERVER } from "../service.ts";
import { instantNumber, series } from "../targets.ts";
import { burnRate } from "./burn-rate.ts";
import { firingAlerts } from "./firing-alerts.ts";
import { latencyByTool } from "./latency.ts";
import { tools } from "./tools.ts";

const failed = perSecond(METRICS.toolCalls, { where: { status: "error" } });
const served = perSecond(METRICS.toolCalls, { where: { status: SERVED } });
const firing = (severity: "page" | "ticket") =>
  orZero(now(EXTERNAL_METRICS.alerts, { where: { alertstate: "firing", severity } }, "count"));

/** The groups of Alertmanager, which say what is silenced or inhibited too. */
const alertGroups = new DashboardLinkBuilder("Alert groups").url("/alerting/groups?alertmanager=Alertmanager");

/** The first screen: how many calls, how they end, what fails, how slow, how much budget is left, what fires. */
export const goldenSignals = () =>
  firstScreen([
    stat(
      "Calls",
      "Finished tool calls, with every outcome. If they suddenly fall to zero, look at the sessions and at the refused requests.",
      perMinuteOf("calls"),
    )
      .span(4)
      .height(3)
      .decimals(0)
      .withTarget(instantNumber(orZero(perMinute(METRICS.toolCalls)))),

    verdict(
      "Error ratio",
      "Share of calls that failed because of the server. Rejected and cancelled calls do not count. Red: MCPToolHighErrorRate fires; see the errors by class.",
      units.PercentUnit,
      redTowards(LIMITS.errorRatio),
    )
      .span(4)
      .height(3)
      .decimals(1)
      .noValue("no calls")
      .withTarget(instantNumber(share(failed, served))),

    verdict(
      "p99",
      "99 of 100 calls are faster than this. Red: MCPToolHighLatency fires; find the tool in the latency by tool.",
      units.Seconds,
      redTowards(LIMITS.p99Seconds),
    )
      .span(3)
      .height(3)
      .noValue("no calls")
      .withTarget(instantNumber(quantile(0.99, METRICS.toolDuration, { where: { status: SERVED } }))),

    stat(
      "Error budget left",
      "Share of the error budget of 30 days that is left; until the server has run for 30 days, of the calls so far. A server that is down has no calls, and uses up none. Used up: the objective is missed; stop risky changes and repair the cause of the failures.",
      units.PercentUnit,
    )
      .span(6)
      .height(3)
      .decimals(1)
      .noValue("no call yet")
      .thresholds(redBelow(0.1))
      .mappings(textFor("0", "used up", "red"))
      .withTarget(
        series(atLeastZero(now(EXTERNAL_METRICS.budgetRemaining, { by: ["sloth_slo"] }, "min")), "{{sloth_slo}}"),
      ),

    stat(
      "Alerts",
      "Alerts that fire now. Click to open the groups of Alertmanager; the table below leads to the runbooks.",
      units.Short,
    )
      .span(4)
      .height(3)
      .thresholds(redFrom(1))
      .overrideByName("tickets", [{ id: "thresholds", value: orangeFrom(1).build() }])
      .withTarget(instantNumber(firing("page")).legendFormat("pages"))
      .withTarget(instantNumber(firing("ticket")).legendFormat("tickets"))
      .dataLinks([alertGroups]),

    verdict(
      "Up",
      "down: at least one replica did not answer the last scrape. Red with calls: some replicas work. Red without calls: nothing is served.",
      units.Short,
      redBelow(1),
    )
      .span(3)
      .height(3)
      .noValue("unknown")
      .mappings([...textFor("1", "up"), ...textFor("0", "down")])
      .withTarget(instantNumber(now(EXTERNAL_METRICS.up, { where: { job: SERVER } }, "min"))),

    withColours(
      OUTCOME_COLOURS,
      stacked(
        "Calls by outcome",
        "Finished tool calls, by outcome. If red grows together with the traffic, the load is the cause; if only red grows, something is broken.",
        perMinuteOf("calls"),
      ),
    )
      .noValue("no call yet")
      .span(6)
      .withTarget(series(perMinute(METRICS.toolCalls, { by: ["status"] }), "{{status}}")),

    timeseries(
      "Errors by class",
      "Failed calls, by error class. A line `none` at 0 is healthy. upstream, timeout and circuit_open: a dependency. bulkhead_full and rate_limit: too much load. malformed_output and unknown: usually the code. Click a line to see its log lines.",
      perMinuteOf("errors"),
    )
      .span(6)
      .withTarget(
        series(nonZero(perMinute(METRICS.toolErrors, { by: ["error_class"] }), "error_class"), "{{error_class}}"),
      )
      .dataLinks([linkToLogs("Log of this class", linesOfErrorClass(CLICKED_CLASS))]),

    firingAlerts().span(12),

    tools().span(11),
    latencyByTool().span(7),
    burnRate().span(6),
  ]);

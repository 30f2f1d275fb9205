import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { LINE_STYLES, withColours } from "../panel-style.ts";
import { timeseries } from "../panels.ts";
import { now, perSecond, quantile } from "../promql.ts";
import { SERVED } from "../service.ts";
import { series, seriesWithTraces } from "../targets.ts";
import { ofTool } from "./variable.ts";

const took = (q: number) => quantile(q, METRICS.toolDuration, { where: { ...ofTool, status: SERVED } });

export const duration = () =>
  row("Duration", [
    withColours(
      { budget: "red" },
      timeseries(
        "Latency and budget",
        "The dashed red line is the budget. If p99 is above it, some calls are too slow; if p50 is above it, most are. Each dot is one call: click it to open its trace.",
        units.Seconds,
      ),
    )
      .span(12)
      .withTarget(seriesWithTraces(took(0.99), "p99"))
      .withTarget(series(took(0.95), "p95"))
      .withTarget(series(took(0.5), "p50"))
      .withTarget(series(now(METRICS.toolBudget, { where: ofTool }, "max"), "budget"))
      .overrideByName("budget", LINE_STYLES.dashed),

    timeseries(
      "p99 by outcome",
      "Failures that are slower than successes waited for something and gave up. Failures that are faster were refused before the work began.",
      units.Seconds,
    )
      .span(6)
      .withTarget(
        seriesWithTraces(quantile(0.99, METRICS.toolDuration, { by: ["status"], where: ofTool }), "{{status}}"),
      ),

    timeseries(
      "Late and runaway calls",
      "Late: the work continued after the call had timed out. Runaway: one caller called the tool again and again. Both waste resources. 0 is healthy.",
      units.CountsPerSecond,
    )
      .span(6)
      .withTarget(series(perSecond(METRICS.toolOverBudget, { where: ofTool }), "over budget"))
      .withTarget(series(perSecond(METRICS.toolLateCompletions, { where: ofTool }), "late"))
      .withTarget(series(perSecond(METRICS.runawayEpisodes, { where: ofTool }), "runaway")),
  ]);

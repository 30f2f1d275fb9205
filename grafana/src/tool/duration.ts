import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
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
        "The dashed red line is the budget. p99 beyond it: some calls break the promise; p50 beyond it: the usual call does. Every dot is one call: click it for its trace.",
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
      "Failures slower than successes wait for something and then give up; failures that are faster are refused before the work begins.",
      units.Seconds,
    )
      .span(6)
      .withTarget(
        seriesWithTraces(quantile(0.99, METRICS.toolDuration, { by: ["status"], where: ofTool }), "{{status}}"),
      ),

    timeseries(
      "Beyond its time",
      "Late: the work went on after the timeout had answered for it. Runaway: one session called the tool without end. Both cost without use; 0 is health.",
      units.CountsPerSecond,
    )
      .span(6)
      .withTarget(series(perSecond(METRICS.toolOverBudget, { where: ofTool }), "over budget"))
      .withTarget(series(perSecond(METRICS.toolLateCompletions, { where: ofTool }), "late"))
      .withTarget(series(perSecond(METRICS.runawayEpisodes, { where: ofTool }), "runaway")),
  ]);

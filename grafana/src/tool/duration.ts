import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { LINE_STYLES, withColours } from "../panel-style.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { now, perMinute, quantile } from "../promql.ts";
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
      .overrideByName("budget", [...LINE_STYLES.dashed, { id: "custom.fillOpacity", value: 0 }]),

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
      "Late and over budget",
      "Over budget: slower than the budget of the tool. Late: the work continued after the call had timed out. Runaway: one caller called the tool again and again. 0 is healthy.",
      perMinuteOf("calls"),
    )
      .span(6)
      .withTarget(series(perMinute(METRICS.toolOverBudget, { where: ofTool }), "over budget"))
      .withTarget(series(perMinute(METRICS.toolLateCompletions, { where: ofTool }), "late"))
      .withTarget(series(perMinute(METRICS.runawayEpisodes, { where: ofTool }), "runaway")),
  ]);

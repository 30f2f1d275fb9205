import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { redTowards } from "../panel-style.ts";
import { stat, verdict } from "../panels.ts";
import { now, orZero, perSecond, quantile, share } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { series } from "../targets.ts";
import { ofTool } from "./variable.ts";

const finished = perSecond(METRICS.toolCalls, { where: ofTool });
const failed = perSecond(METRICS.toolCalls, { where: { ...ofTool, status: "error" } });
const served = perSecond(METRICS.toolCalls, { where: { ...ofTool, status: SERVED } });

/** Five numbers, with the thresholds that they are compared with. */
export const objectives = () =>
  row("Does it meet its objectives?", [
    stat("Calls", "Finished calls of this tool, of every outcome.", units.RequestsPerSecond)
      .span(4)
      .withTarget(series(finished, "calls")),

    verdict(
      "Error ratio",
      "Share of its calls that failed by the server's own fault. Red is where MCPToolHighErrorRate fires: read the classes below, then the log.",
      units.PercentUnit,
      redTowards(LIMITS.errorRatio),
    )
      .span(4)
      .decimals(1)
      .withTarget(series(orZero(share(failed, served)), "errors")),

    verdict(
      "p99 latency",
      "99 of 100 of its calls are faster than this. Red is where MCPToolHighLatency fires: open a slow call at the bottom.",
      units.Seconds,
      redTowards(LIMITS.p99Seconds),
    )
      .span(4)
      .withTarget(series(quantile(0.99, METRICS.toolDuration, { where: { ...ofTool, status: SERVED } }), "p99")),

    verdict(
      "Over budget",
      "Share of its calls that took longer than the tool's budget. Red from 1 in 100: the tool is slower than its budget says, or the budget is too tight.",
      units.PercentUnit,
      redTowards(LIMITS.overBudgetRatio),
    )
      .span(4)
      .decimals(1)
      .withTarget(series(orZero(share(perSecond(METRICS.toolOverBudget, { where: ofTool }), finished)), "over budget")),

    stat("Budget", "Within this time a call is fast enough; its author wrote it down beside the tool.", units.Seconds)
      .span(4)
      .withTarget(series(now(METRICS.toolBudget, { where: ofTool }, "max"), "budget")),

    stat("Timeout", "After this time a call is given up and fails with the class timeout.", units.Seconds)
      .span(4)
      .withTarget(series(now(METRICS.toolTimeout, { where: ofTool }, "max"), "timeout")),
  ]);

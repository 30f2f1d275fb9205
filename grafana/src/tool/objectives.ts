import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { firstScreen } from "../board.ts";
import { redTowards } from "../panel-style.ts";
import { perMinuteOf, stat, verdict } from "../panels.ts";
import { now, perMinute, perSecond, quantile, share } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { instantNumber } from "../targets.ts";
import { ofTool } from "./variable.ts";

const finished = perSecond(METRICS.toolCalls, { where: ofTool });
const calls = perMinute(METRICS.toolCalls, { where: ofTool });
const failed = perSecond(METRICS.toolCalls, { where: { ...ofTool, status: "error" } });
const served = perSecond(METRICS.toolCalls, { where: { ...ofTool, status: SERVED } });

/** Six numbers, with the thresholds that they are compared with. */
export const objectives = () =>
  firstScreen([
    stat("Calls", "Finished calls of this tool, with every outcome.", perMinuteOf("calls"))
      .span(4)
      .decimals(0)
      .withTarget(instantNumber(calls)),

    verdict(
      "Error ratio",
      "Share of its calls that failed because of the server. Red: MCPToolHighErrorRate fires; see the error classes below, then the log.",
      units.PercentUnit,
      redTowards(LIMITS.errorRatio),
    )
      .span(4)
      .decimals(1)
      .noValue("no calls")
      .withTarget(instantNumber(share(failed, served))),

    verdict(
      "p99 latency",
      "99 of 100 calls of this tool are faster than this. Red: MCPToolHighLatency fires; open a slow call at the bottom.",
      units.Seconds,
      redTowards(LIMITS.p99Seconds),
    )
      .noValue("no calls")
      .span(5)
      .withTarget(instantNumber(quantile(0.99, METRICS.toolDuration, { where: { ...ofTool, status: SERVED } }))),

    verdict(
      "Over budget",
      "Share of its calls that took longer than the budget. Red from 1 in 100: the tool is too slow, or the budget is too low.",
      units.PercentUnit,
      redTowards(LIMITS.overBudgetRatio),
    )
      .span(5)
      .decimals(1)
      .noValue("no calls")
      .withTarget(instantNumber(share(perSecond(METRICS.toolOverBudget, { where: ofTool }), finished))),

    stat("Budget", "Calls that take longer count as slow. The author of the tool sets it in the code.", units.Seconds)
      .span(3)
      .withTarget(instantNumber(now(METRICS.toolBudget, { where: ofTool }, "max"))),

    stat("Timeout", "Calls that take longer fail with the error class timeout.", units.Seconds)
      .span(3)
      .withTarget(instantNumber(now(METRICS.toolTimeout, { where: ofTool }, "max"))),
  ]);

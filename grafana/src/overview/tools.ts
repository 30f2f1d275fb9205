import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { CLICKED, linkToLogs, linkToTool, linkToTraces } from "../links.ts";
import { linesOfTool } from "../logql.ts";
import { redTowards } from "../panel-style.ts";
import { table } from "../panels.ts";
import { increase, now, quantile, share } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { columns, linked, rowsNamedBy } from "../table-columns.ts";
import { callsOfTool } from "../traceql.ts";

const by = ["tool_name"] as const;
const p99 = `${quantile(0.99, METRICS.toolDuration, { by, where: { status: SERVED }, over: "$__range" })} >= 0`;
const mostFailingFirst = new TableSortByFieldStateBuilder().displayName("Errors").desc(true);

/** One row for each tool, the failing ones first. */
export const tools = () => {
  const panel = table(
    "Tools",
    "One row for each tool, over the time shown, most failures first. Errors: share of its calls that failed. If p99 is above the budget, the tool is too slow. Click a name to open its board, traces or log.",
  );
  columns(panel, {
    Errors: {
      expr: share(
        increase(METRICS.toolCalls, { by, where: { status: "error" } }),
        increase(METRICS.toolCalls, { by, where: { status: SERVED } }),
      ),
      unit: units.PercentUnit,
      decimals: 1,
      width: 75,
      thresholds: redTowards(LIMITS.errorRatio),
    },
    Calls: { expr: increase(METRICS.toolCalls, { by }), unit: units.Short, decimals: 0, width: 65 },
    p99: { expr: p99, unit: units.Seconds, width: 80, thresholds: redTowards(LIMITS.p99Seconds) },
    Cost: { expr: increase(METRICS.toolCost, { by }), unit: units.Dollars, decimals: 3, width: 75 },
    Budget: { expr: now(METRICS.toolBudget, { by }, "max"), unit: units.Seconds, width: 75 },
  });
  rowsNamedBy(panel, { tool_name: "Tool" });
  linked(
    panel,
    "Tool",
    linkToTool(CLICKED),
    linkToTraces("Traces", callsOfTool(CLICKED)),
    linkToLogs("Log", linesOfTool(CLICKED)),
  );
  return panel.sortBy([mostFailingFirst]);
};

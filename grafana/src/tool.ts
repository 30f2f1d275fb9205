/**
 * MCP tool: one tool, selected by `$tool`. From top to bottom: objectives, rate and errors, duration, size and cost, and
 * single calls.
 */
import { QueryVariableBuilder, VariableRefresh, VariableSort } from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "mcp-telemetry/conventions";
import { board } from "./board.ts";
import { BOARDS, type BoardVariable } from "./board-names.ts";
import { datasource } from "./datasources.ts";
import { levelVariable } from "./overview/logs-and-traces.ts";
import { labelValues } from "./promql.ts";
import { calls, slowerThanVariable } from "./tool/calls.ts";
import { duration } from "./tool/duration.ts";
import { objectives } from "./tool/objectives.ts";
import { rateAndErrors } from "./tool/rate-and-errors.ts";
import { sizeAndCost } from "./tool/size-and-cost.ts";

/** Selects one of the server's tools; a tool without calls is listed too, because its counter starts at 0. */
const toolVariable = () =>
  new QueryVariableBuilder("tool" satisfies BoardVariable)
    .label("Tool")
    .datasource(datasource("prometheus"))
    .query({ query: labelValues(METRICS.toolCalls, "tool_name"), refId: "tools" })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);

export const tool = () =>
  board({
    ...BOARDS.tool,
    description: "One tool: is it fast enough, why do its calls fail, what does it cost, and which calls are slow?",
    variables: [toolVariable(), slowerThanVariable(), levelVariable()],
    rows: [objectives(), rateAndErrors(), duration(), sizeAndCost(), calls()],
  });

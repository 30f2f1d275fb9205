import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { CLICKED, linkToTool } from "../links.ts";
import { stat, table, timeseries } from "../panels.ts";
import { countRate, now, scaledBy, sumRate } from "../promql.ts";
import { columns, linked, rowsNamedBy } from "../table-columns.ts";
import { series } from "../targets.ts";

const list = now(METRICS.toolsListBytes, {}, "max");
const listsServed = countRate(METRICS.operationDuration, { where: { mcp_method_name: "tools/list" } });
const bytesPerToken = now(EXTERNAL_METRICS.bytesPerToken, {}, "max");
const heaviestFirst = new TableSortByFieldStateBuilder().displayName("Definition").desc(true);

/** What the server adds to the context of a model: the definitions of its tools, and their results. */
export const contextCost = () => {
  const definition = now(METRICS.toolDefinitionBytes, { by: ["tool_name"] }, "max");
  const definitions = table(
    "Heaviest definitions",
    "Size of each tool's name, description and schemas in the newest list of tools. Shorten the first ones. Click a name to open its board.",
  );
  columns(definitions, {
    Definition: { expr: definition, unit: units.BytesSI },
    "Estimated tokens": { expr: scaledBy(definition, "/", bytesPerToken), unit: units.Short, decimals: 0 },
  });
  rowsNamedBy(definitions, { tool_name: "Tool" });
  linked(definitions, "Tool", linkToTool(CLICKED));

  return foldedRow("Context cost", [
    timeseries(
      "tools/list size",
      "Size of the answer to tools/list, which a client gives to its model with every request. MCPToolDefinitionsGrew fires when it is one and a half times as large as a week ago.",
      units.BytesSI,
    )
      .span(5)
      .withTarget(series(list, "all definitions")),

    stat(
      "tools/list tokens",
      "Estimate: its size at four bytes for each token. The true number depends on the tokenizer of the model.",
      units.Short,
    )
      .span(5)
      .height(8)
      .decimals(0)
      .withTarget(series(scaledBy(list, "/", bytesPerToken), "tokens")),

    timeseries(
      "Bytes to clients",
      "Bytes per second: the lists of tools that were sent, and the results of calls. If lists are most of it, clients ask for them too often, or definitions are too long.",
      units.BytesPerSecondSI,
    )
      .span(6)
      .withTarget(series(scaledBy(listsServed, "*", list), "lists of tools"))
      .withTarget(series(sumRate(METRICS.toolOutputBytes), "results")),

    definitions.span(8).sortBy([heaviestFirst]),
  ]);
};

import * as units from "@grafana/grafana-foundation-sdk/units";
import { LOG } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { CLICKED_TOOL, linkToTool } from "../links.ts";
import { auditedCalls, auditLines } from "../logql.ts";
import { logs, stacked } from "../panels.ts";
import { lineCounts, lines } from "../targets.ts";

export const audit = () =>
  row("Audit", [
    stacked(
      "Calls that may have changed something",
      "Calls of tools without readOnlyHint, by tool. Empty when every tool only reads.",
      units.Short,
    )
      .datasource(datasource("loki"))
      .span(8)
      .height(10)
      .withTarget(lineCounts(auditedCalls, `{{${LOG.toolName}}}`))
      .dataLinks([linkToTool(CLICKED_TOOL)]),

    logs(
      "Audit log",
      "One line for each of these calls: subject, tool, names of the arguments, outcome, client. Loki keeps them for 90 days. Open a line and click trace_id.",
    )
      .span(16)
      .withTarget(lines(auditLines)),
  ]);

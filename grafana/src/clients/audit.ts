import { LOG } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { CLICKED_TOOL, linkToTool } from "../links.ts";
import { auditedCalls, auditLines } from "../logql.ts";
import { logs, perMinuteOf, stacked } from "../panels.ts";
import { lineCounts, lines } from "../targets.ts";

export const audit = () =>
  row("Audit", [
    stacked(
      "Calls of tools that write",
      "Calls of tools without readOnlyHint, by tool: they may have changed something.",
      perMinuteOf("calls"),
    )
      .datasource(datasource("loki"))
      .noValue("No tool that writes was called")
      .span(8)
      .height(10)
      .withTarget(lineCounts(auditedCalls, `{{${LOG.toolName}}}`))
      .dataLinks([linkToTool(CLICKED_TOOL)]),

    logs(
      "Audit log",
      "One line for each of these calls: subject, tool, names of the arguments, outcome, client. Loki keeps them for 90 days. Open a line and click trace_id.",
    )
      .noValue("No tool that writes was called")
      .span(16)
      .withTarget(lines(auditLines)),
  ]);

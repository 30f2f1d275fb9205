import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { CLICKED_TOOL, linkToTool, linkToTraces } from "../links.ts";
import { LINE_STYLES, legendTable, withLimit } from "../panel-style.ts";
import { timeseries } from "../panels.ts";
import { quantile } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { series, seriesWithTraces } from "../targets.ts";
import { callsOfTool } from "../traceql.ts";

const ofTool = (q: number) => quantile(q, METRICS.toolDuration, { by: ["tool_name"], where: { status: SERVED } });

export const latency = () =>
  row("Latency", [
    withLimit(
      LIMITS.p99Seconds,
      timeseries(
        "Tool latency",
        "Solid: p99, dashed: p95, dotted: p50. If all three rise, the tool is slow; if only p99 rises, some calls are slow. Each dot is one call: click it to open its trace. At the red line, MCPToolHighLatency fires.",
        units.Seconds,
      ),
    )
      .span(12)
      .legend(legendTable())
      .withTarget(seriesWithTraces(ofTool(0.99), "{{tool_name}} p99"))
      .withTarget(series(ofTool(0.95), "{{tool_name}} p95"))
      .withTarget(series(ofTool(0.5), "{{tool_name}} p50"))
      .overrideByRegexp("/ p95$/", LINE_STYLES.dashed)
      .overrideByRegexp("/ p50$/", LINE_STYLES.dotted)
      .dataLinks([linkToTool(CLICKED_TOOL), linkToTraces("Traces of this tool", callsOfTool(CLICKED_TOOL))]),

    timeseries(
      "p95 by method",
      "Every MCP method, not only tools/call. If initialize or tools/list is slow too, the process itself is overloaded; see the event loop below.",
      units.Seconds,
    )
      .span(12)
      .legend(legendTable())
      .withTarget(
        seriesWithTraces(quantile(0.95, METRICS.operationDuration, { by: ["mcp_method_name"] }), "{{mcp_method_name}}"),
      ),
  ]);

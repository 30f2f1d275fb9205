import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { CLICKED_TOOL, linkToTool, linkToTraces } from "../links.ts";
import { colourByName, LINE_STYLES, legendTable, withLimit } from "../panel-style.ts";
import { heatmap, timeseries } from "../panels.ts";
import { buckets, quantile } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { heatmapSeries, series, seriesWithTraces } from "../targets.ts";
import { callsOfTool } from "../traceql.ts";
import { downstreamLatency } from "./dependencies.ts";

const ofTool = (q: number) => quantile(q, METRICS.toolDuration, { by: ["tool_name"], where: { status: SERVED } });
const MEDIAN = "median";

/** A tool has one colour, and its name once in the legend. */
export const latencyByTool = () =>
  withLimit(
    LIMITS.p99Seconds,
    timeseries(
      "p99 latency by tool",
      "Solid: p99, dotted: p50. If both rise, the tool is slow; if only p99 rises, some calls are slow. Each dot is one call: click it to open its trace. At the red line, MCPToolHighLatency fires.",
      units.Seconds,
    ),
  )
    .noValue("no call yet")
    .colorScheme(colourByName())
    .fillOpacity(0)
    .withTarget(seriesWithTraces(ofTool(0.99), "{{tool_name}}"))
    .withTarget(series(ofTool(0.5), "{{tool_name}}").refId(MEDIAN))
    .overrideByQuery(MEDIAN, [...LINE_STYLES.dotted, { id: "custom.hideFrom", value: { legend: true } }])
    .dataLinks([linkToTool(CLICKED_TOOL), linkToTraces("Traces of this tool", callsOfTool(CLICKED_TOOL))]);

export const latency = () =>
  row("Latency", [
    heatmap(
      "Duration of tool calls",
      "How many calls took how long: darker is more. Two bands are two kinds of calls, or a dependency that sometimes waits. Each dot is one call: click it to open its trace.",
      units.Seconds,
    )
      .noValue("no call yet")
      .span(8)
      .withTarget(heatmapSeries(buckets(METRICS.toolDuration, { where: { status: SERVED } }))),

    downstreamLatency().span(8),

    timeseries(
      "p95 by method",
      "Every MCP method, not only tools/call. If initialize or tools/list is slow too, the process itself is overloaded; see the event loop under Saturation.",
      units.Seconds,
    )
      .noValue("no request yet")
      .span(8)
      .legend(legendTable())
      .withTarget(
        seriesWithTraces(quantile(0.95, METRICS.operationDuration, { by: ["mcp_method_name"] }), "{{mcp_method_name}}"),
      ),
  ]);

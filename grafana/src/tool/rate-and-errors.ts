import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { CLICKED_CLASS, linkToLogs } from "../links.ts";
import { linesOfErrorClass } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { perMinuteOf, stacked, timeseries } from "../panels.ts";
import { nonZero, perMinute } from "../promql.ts";
import { OUTCOME_COLOURS } from "../service.ts";
import { series } from "../targets.ts";
import { ofTool, TOOL_VARIABLE } from "./variable.ts";

export const rateAndErrors = () =>
  row("Rate and errors", [
    withColours(
      OUTCOME_COLOURS,
      stacked(
        "Calls by outcome",
        "Red: the server failed. Orange: the caller sent wrong arguments, often after a release of the client. Blue: the client gave up; see the latency.",
        perMinuteOf("calls"),
      ),
    )
      .span(8)
      .withTarget(series(perMinute(METRICS.toolCalls, { by: ["status"], where: ofTool }), "{{status}}")),

    timeseries(
      "Errors by class",
      "Failed calls, by error class. A line `none` at 0 is healthy. upstream, timeout and circuit_open: its dependency. malformed_output and unknown: usually its code. Click a line to see its log lines.",
      perMinuteOf("errors"),
    )
      .span(8)
      .withTarget(
        series(
          nonZero(perMinute(METRICS.toolErrors, { by: ["error_class"], where: ofTool }), "error_class"),
          "{{error_class}}",
        ),
      )
      .dataLinks([linkToLogs("Log of this class", linesOfErrorClass(CLICKED_CLASS, TOOL_VARIABLE))]),

    timeseries(
      "Rejected calls by reason",
      "Calls that were rejected because of their caller, by reason. A line `none` at 0 is healthy. invalid_arguments: the arguments do not fit the schema. refused_by_handler: they fit, and the tool refused them.",
      perMinuteOf("calls"),
    )
      .span(8)
      .withTarget(
        series(nonZero(perMinute(METRICS.rejections, { by: ["reason"], where: ofTool }), "reason"), "{{reason}}"),
      ),
  ]);

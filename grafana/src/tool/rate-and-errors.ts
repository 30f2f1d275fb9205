import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { linkToLogs } from "../links.ts";
import { linesOfErrorClass } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { stacked, timeseries } from "../panels.ts";
import { nonZero, perSecond } from "../promql.ts";
import { OUTCOME_COLOURS } from "../service.ts";
import { series } from "../targets.ts";
import { ofTool, TOOL_VARIABLE } from "./variable.ts";

export const rateAndErrors = () =>
  row("Rate and errors", [
    withColours(
      OUTCOME_COLOURS,
      stacked(
        "Calls by outcome",
        "Red is the server's fault, orange the caller's: wrong arguments, often from a client that was just released. Blue: the client gave up, so look at the latency.",
        units.RequestsPerSecond,
      ),
    )
      .span(12)
      .withTarget(series(perSecond(METRICS.toolCalls, { by: ["status"], where: ofTool }), "{{status}}")),

    timeseries(
      "Errors by class",
      "What its failures are made of; a line called none at 0 is health. upstream, timeout and circuit_open point at its dependency, malformed_output and unknown at its code. Click a line for its log.",
      units.CountsPerSecond,
    )
      .span(12)
      .withTarget(
        series(
          nonZero(perSecond(METRICS.toolErrors, { by: ["error_class"], where: ofTool }), "error_class"),
          "{{error_class}}",
        ),
      )
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
      .dataLinks([linkToLogs("Log of this class", linesOfErrorClass("${__field.labels.error_class}", TOOL_VARIABLE))]),
  ]);

import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS, type Outcome } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { linkToLogs } from "../links.ts";
import { linesOfErrorClass } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { stacked, timeseries } from "../panels.ts";
import { nonZero, perSecond, share } from "../promql.ts";
import { OUTCOME_COLOURS } from "../service.ts";
import { series } from "../targets.ts";

const shareOf = (status: Outcome) =>
  share(perSecond(METRICS.toolCalls, { where: { status } }), perSecond(METRICS.toolCalls));

export const traffic = () =>
  row("Traffic and errors", [
    withColours(
      OUTCOME_COLOURS,
      stacked(
        "Calls by outcome",
        "Finished tool calls, by outcome. If red grows together with the traffic, the load is the cause; if only red grows, something is broken.",
        units.RequestsPerSecond,
      ),
    )
      .span(6)
      .withTarget(series(perSecond(METRICS.toolCalls, { by: ["status"] }), "{{status}}")),

    withColours(
      {
        server: OUTCOME_COLOURS.error,
        caller: OUTCOME_COLOURS.rejected,
        cancelled: OUTCOME_COLOURS.cancelled,
      },
      timeseries(
        "Failed calls by cause",
        "Share of all calls. server: the server or a dependency failed. caller: wrong arguments or unknown tools, often after a release of a client. cancelled: the client gave up, often because of latency.",
        units.PercentUnit,
      ),
    )
      .span(6)
      .withTarget(series(shareOf("error"), "server"))
      .withTarget(series(shareOf("rejected"), "caller"))
      .withTarget(series(shareOf("cancelled"), "cancelled")),

    timeseries(
      "Errors by class",
      "Failed calls, by error class. upstream, timeout and circuit_open: a dependency. bulkhead_full and rate_limit: too much load. malformed_output and unknown: usually the code. Click a line to see its log lines.",
      units.CountsPerSecond,
    )
      .span(6)
      .withTarget(series(perSecond(METRICS.toolErrors, { by: ["error_class"] }), "{{error_class}}"))
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
      .dataLinks([linkToLogs("Log of this class", linesOfErrorClass("${__field.labels.error_class}"))]),

    timeseries(
      "Rejected requests by reason",
      "Requests of all methods that were rejected because of their caller, by reason. invalid_arguments: arguments that do not fit the schema, often because its description misleads the model. unknown_tool: a client with an old list of tools.",
      units.CountsPerSecond,
    )
      .span(6)
      .withTarget(series(nonZero(perSecond(METRICS.rejections, { by: ["reason"] }), "reason"), "{{reason}}")),
  ]);

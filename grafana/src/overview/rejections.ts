import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS, type Outcome } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { withColours } from "../panel-style.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { nonZero, perMinute, perSecond, share } from "../promql.ts";
import { OUTCOME_COLOURS } from "../service.ts";
import { series } from "../targets.ts";

const shareOf = (status: Outcome) =>
  share(perSecond(METRICS.toolCalls, { where: { status } }), perSecond(METRICS.toolCalls));

export const rejections = () =>
  row("Errors and rejections", [
    withColours(
      {
        server: OUTCOME_COLOURS.error,
        caller: OUTCOME_COLOURS.rejected,
        cancelled: OUTCOME_COLOURS.cancelled,
      },
      timeseries(
        "Failures by cause",
        "Share of all calls. server: the server or a dependency failed. caller: wrong arguments or unknown tools, often after a release of a client. cancelled: the client gave up, often because of latency.",
        units.PercentUnit,
      ),
    )
      .noValue("no call yet")
      .span(6)
      .withTarget(series(shareOf("error"), "server"))
      .withTarget(series(shareOf("rejected"), "caller"))
      .withTarget(series(shareOf("cancelled"), "cancelled")),

    timeseries(
      "Rejections by reason",
      "Requests of all methods that were rejected because of their caller, by reason. invalid_arguments: arguments that do not fit the schema, often because its description misleads the model. unknown_tool: a client with an old list of tools.",
      perMinuteOf("requests"),
    )
      .span(6)
      .withTarget(series(nonZero(perMinute(METRICS.rejections, { by: ["reason"] }), "reason"), "{{reason}}")),

    timeseries(
      "HTTP rejections",
      "HTTP requests refused before they reached MCP, by reason. No other panel counts them. auth or host: a wrongly configured client or an attacker. too_many_sessions: the limit of sessions is reached.",
      perMinuteOf("requests"),
    )
      .span(6)
      .withTarget(series(nonZero(perMinute(METRICS.httpRejections, { by: ["reason"] }), "reason"), "{{reason}}")),

    timeseries(
      "Authentication",
      "Authentications of HTTP requests, by result. missing_token: the client has no token. unknown_token: its token was revoked, or somebody guesses. All are 0 without MCP_AUTH_TOKENS_FILE.",
      perMinuteOf("requests"),
    )
      .span(6)
      .withTarget(series(perMinute(METRICS.authentications, { by: ["result"] }), "{{result}}")),
  ]);

import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { perMinuteOf, stacked, timeseries } from "../panels.ts";
import { perMinute } from "../promql.ts";
import { series } from "../targets.ts";

export const usage = () =>
  row("Traffic by client", [
    stacked(
      "Calls by client",
      "Finished tool calls, by the name that the client gives itself. _OTHER: no name, or more than twenty different names since the server started.",
      perMinuteOf("calls"),
    )
      .span(8)
      .withTarget(series(perMinute(METRICS.clientCalls, { by: ["mcp_client_name"] }), "{{mcp_client_name}}")),

    timeseries(
      "Sessions opened by client",
      "Initialized sessions, of clients until revision 2025-11-25; later revisions have none. Many sessions with few calls: the client opens one for each call, and could keep it.",
      perMinuteOf("sessions"),
    )
      .span(8)
      .withTarget(series(perMinute(METRICS.clientSessions, { by: ["mcp_client_name"] }), "{{mcp_client_name}}")),

    stacked(
      "Calls by protocol revision",
      "Finished tool calls, by the revision of MCP: how far clients have moved to 2026-07-28, which has no sessions. An old revision can be dropped when no client uses it; the table below says which do.",
      perMinuteOf("calls"),
    )
      .span(8)
      .withTarget(series(perMinute(METRICS.clientCalls, { by: ["mcp_protocol_version"] }), "{{mcp_protocol_version}}")),
  ]);

import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { timeseries } from "../panels.ts";
import { countRate, nonZero, now, perSecond, quantile } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

export const sessions = () =>
  row("Sessions and saturation", [
    timeseries(
      "Active sessions",
      "Open sessions, by replica and transport, of clients until revision 2025-11-25; later revisions have none. If the number only grows, a client or the server does not end its sessions; compare with the ended sessions beside.",
      units.Short,
    )
      .span(4)
      .withTarget(series(now(METRICS.activeSessions, { by: ["instance", "transport"] }), "{{instance}} {{transport}}")),

    timeseries(
      "Ended sessions",
      "Ended sessions, by reason, of clients until revision 2025-11-25. client_delete is the normal end. idle_timeout: the client went away without ending its session. evicted: the limit of sessions was reached and an idle one gave way. shutdown: the server was restarted.",
      units.CountsPerSecond,
    )
      .span(4)
      .withTarget(series(perSecond(METRICS.sessions, { by: ["end_reason"] }), "{{end_reason}}")),

    timeseries(
      "Requests in flight",
      "Requests that were received and not yet answered. If they rise at a steady rate of calls, something waits; see the downstream latency.",
      units.Short,
    )
      .span(4)
      .withTarget(series(now(METRICS.requestsInFlight, { by: ["mcp_method_name"] }), "{{mcp_method_name}}")),

    timeseries(
      "Event loop lag, p99",
      "Delay of the event loop, by replica. About 10 ms is normal. Above 100 ms, a handler blocks the thread.",
      units.Seconds,
    )
      .span(4)
      .withTarget(
        series(
          now(EXTERNAL_METRICS.eventLoopLagP99, { by: ["instance"], where: { job: SERVER } }, "max"),
          "{{instance}}",
        ),
      ),

    timeseries(
      "Refused HTTP requests",
      "HTTP requests refused before they reached MCP, by reason. No panel above counts them. auth or host: a wrongly configured client or an attacker. too_many_sessions: the limit of sessions is reached.",
      units.CountsPerSecond,
    )
      .span(4)
      .withTarget(series(nonZero(perSecond(METRICS.httpRejections, { by: ["reason"] }), "reason"), "{{reason}}")),

    timeseries(
      "Authentications",
      "Authentications of HTTP requests, by result. missing_token: the client has no token. unknown_token: its token was revoked, or somebody guesses. All are 0 without MCP_AUTH_TOKENS_FILE.",
      units.CountsPerSecond,
    )
      .span(4)
      .withTarget(series(perSecond(METRICS.authentications, { by: ["result"] }), "{{result}}")),

    timeseries(
      "Session duration",
      "How long ended sessions were open, of clients until revision 2025-11-25. A client that opens a session for each call shows as a p50 of a few milliseconds.",
      units.Seconds,
    )
      .span(8)
      .withTarget(series(quantile(0.95, METRICS.sessionDuration), "p95"))
      .withTarget(series(quantile(0.5, METRICS.sessionDuration), "p50")),

    timeseries(
      "Messages to clients",
      "Requests and notifications that the server sent, by method: progress, changes of lists, questions to the user or the model. A line `none` at 0: it sent none.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(
        series(
          nonZero(
            countRate(METRICS.sentDuration, { by: ["mcp_method_name"], where: { job: SERVER } }),
            "mcp_method_name",
          ),
          "{{mcp_method_name}}",
        ),
      ),

    timeseries(
      "Failed messages to clients",
      "Those that the client answered with an error, or did not answer, by error type. A line `none` at 0 is healthy. connection_closed: the client went away. not_sent: nobody listens on the session's stream.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(
        series(
          nonZero(
            countRate(METRICS.sentDuration, { by: ["error_type"], where: { job: SERVER, error_type: { not: "" } } }),
            "error_type",
          ),
          "{{error_type}}",
        ),
      ),
  ]);

import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { countPerMinute, nonZero, now, perMinute, quantile } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

const NO_SESSION = "no session has ended yet";

export const sessions = () =>
  foldedRow("Sessions", [
    timeseries(
      "Active sessions by replica",
      "Open sessions, by replica and transport, of clients until revision 2025-11-25; later revisions have none. If the number only grows, a client or the server does not end its sessions; compare with the ended sessions beside.",
      units.Short,
    )
      .span(8)
      .withTarget(series(now(METRICS.activeSessions, { by: ["instance", "transport"] }), "{{instance}} {{transport}}")),

    timeseries(
      "Ended sessions",
      "Ended sessions, by reason, of clients until revision 2025-11-25. client_delete is the normal end. idle_timeout: the client went away without ending its session. evicted: the limit of sessions was reached and an idle one gave way. shutdown: the server was restarted.",
      perMinuteOf("sessions"),
    )
      .span(8)
      .withTarget(series(perMinute(METRICS.sessions, { by: ["end_reason"] }), "{{end_reason}}")),

    timeseries(
      "Session duration",
      "How long ended sessions were open, of clients until revision 2025-11-25. A client that opens a session for each call shows as a p50 of a few milliseconds.",
      units.Seconds,
    )
      .noValue(NO_SESSION)
      .span(8)
      .withTarget(series(quantile(0.95, METRICS.sessionDuration), "p95"))
      .withTarget(series(quantile(0.5, METRICS.sessionDuration), "p50")),

    timeseries(
      "Messages to clients",
      "Requests and notifications that the server sent, by method: progress, changes of lists, questions to the user or the model. A line `none` at 0: it sent none.",
      perMinuteOf("messages"),
    )
      .span(12)
      .withTarget(
        series(
          nonZero(
            countPerMinute(METRICS.sentDuration, { by: ["mcp_method_name"], where: { job: SERVER } }),
            "mcp_method_name",
          ),
          "{{mcp_method_name}}",
        ),
      ),

    timeseries(
      "Failed messages to clients",
      "Those that the client answered with an error, or did not answer, by error type. A line `none` at 0 is healthy. connection_closed: the client went away. not_sent: nobody listens on the session's stream.",
      perMinuteOf("messages"),
    )
      .span(12)
      .withTarget(
        series(
          nonZero(
            countPerMinute(METRICS.sentDuration, {
              by: ["error_type"],
              where: { job: SERVER, error_type: { not: "" } },
            }),
            "error_type",
          ),
          "{{error_type}}",
        ),
      ),
  ]);

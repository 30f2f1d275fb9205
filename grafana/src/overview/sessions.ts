import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { timeseries } from "../panels.ts";
import { nonZero, now, perSecond } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

export const sessions = () =>
  row("Sessions and saturation", [
    timeseries(
      "Active sessions",
      "Open now, by transport. A slope that never falls is a leak, in a client or here: compare with the ends beside it.",
      units.Short,
    )
      .span(4)
      .withTarget(series(now(METRICS.activeSessions, { by: ["transport"] }), "{{transport}}")),

    timeseries(
      "Sessions ended",
      "Why sessions end. client_delete is good manners; idle_timeout means clients that vanish; shutdown is a restart, so look for a deployment.",
      units.CountsPerSecond,
    )
      .span(5)
      .withTarget(series(perSecond(METRICS.sessions, { by: ["end_reason"] }), "{{end_reason}}")),

    timeseries(
      "Requests in flight",
      "Received and not yet answered. A rise at a steady rate of calls means that something waits: read the downstream latency.",
      units.Short,
    )
      .span(5)
      .withTarget(series(now(METRICS.requestsInFlight, { by: ["mcp_method_name"] }), "{{mcp_method_name}}")),

    timeseries(
      "Event loop lag, p99",
      "How long the process was deaf, per replica. About 10 ms is rest; beyond 100 ms some handler computes instead of waiting.",
      units.Seconds,
    )
      .span(5)
      .withTarget(
        series(
          now(EXTERNAL_METRICS.eventLoopLagP99, { by: ["instance"], where: { job: SERVER } }, "max"),
          "{{instance}}",
        ),
      ),

    timeseries(
      "Refused at the edge",
      "HTTP requests that never became MCP, so no panel above counts them. auth or host: a client set up wrongly, or somebody trying doors; too_many_sessions: you are full.",
      units.CountsPerSecond,
    )
      .span(5)
      .withTarget(series(nonZero(perSecond(METRICS.httpRejections, { by: ["reason"] }), "reason"), "{{reason}}")),
  ]);

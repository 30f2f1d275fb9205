import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { timeseries } from "../panels.ts";
import { now, perSecond } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

const byReplica = { by: ["instance"], where: { job: SERVER } } as const;

/** What the server can run out of; the board of its health has more about the process. */
export const saturation = () =>
  foldedRow("Saturation", [
    timeseries(
      "Requests in flight",
      "Requests that were received and not yet answered. If they rise at a steady rate of calls, something waits; see the downstream latency.",
      units.Short,
    )
      .span(8)
      .withTarget(series(now(METRICS.requestsInFlight, { by: ["mcp_method_name"] }), "{{mcp_method_name}}")),

    timeseries(
      "Event loop lag, p99",
      "Delay of the event loop, by replica. About 10 ms is normal. Above 100 ms, a handler blocks the thread.",
      units.Seconds,
    )
      .span(8)
      .withTarget(series(now(EXTERNAL_METRICS.eventLoopLagP99, byReplica, "max"), "{{instance}}")),

    timeseries(
      "CPU",
      "Share of one core, by replica. Node.js uses one core; near 100%, add replicas.",
      units.PercentUnit,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.cpu, byReplica), "{{instance}}")),
  ]);

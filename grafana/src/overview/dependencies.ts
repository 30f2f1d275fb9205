import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { states } from "../panel-style.ts";
import { perMinuteOf, serviceGraph, stateTimeline, timeseries } from "../panels.ts";
import { countPerMinute, now, quantile, share } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

/** What a panel shows while no tool has what it is about. */
const NO_DEPENDENCY = "no dependency yet";
const NO_BULKHEAD = "no bulkhead yet";

const where = { job: SERVER } as const;
const downstream = (q: number) => quantile(q, EXTERNAL_METRICS.httpClientDuration, { by: ["server_address"], where });

/** Beside the latency of tools, because it is most often the cause. */
export const downstreamLatency = () =>
  timeseries(
    "Downstream latency",
    "Duration of the server's outgoing HTTP calls, by host. If it rises together with the latency of a tool, this dependency is the cause. If it does not, the time is spent in this process.",
    units.Seconds,
  )
    .noValue(NO_DEPENDENCY)
    .withTarget(series(downstream(0.99), "{{server_address}} p99"))
    .withTarget(series(downstream(0.5), "{{server_address}} p50"));

const ofBulkhead = (gauge: (typeof METRICS)["bulkheadRunning" | "bulkheadLimit" | "bulkheadQueued"]) =>
  now(gauge, { by: ["bulkhead"] });

export const dependencies = () =>
  foldedRow("Dependencies", [
    timeseries(
      "Downstream responses",
      "Answers to the server's outgoing HTTP calls, by host and status. 5xx: the dependency fails. 429: its rate limit is reached. Without a status: it did not answer.",
      perMinuteOf("requests"),
    )
      .noValue(NO_DEPENDENCY)
      .span(8)
      .withTarget(
        series(
          countPerMinute(EXTERNAL_METRICS.httpClientDuration, {
            by: ["server_address", "http_response_status_code"],
            where,
          }),
          "{{server_address}} {{http_response_status_code}}",
        ),
      ),

    serviceGraph(
      "Service graph",
      "Services and the requests between them, counted from traces: requests per second, mean duration, and in red the share of failures. Click a service or an arrow for its metrics.",
    )
      .span(8)
      .height(8),

    stateTimeline(
      "Circuit breakers",
      "One row for each dependency. open: the server has stopped calling it, and every tool that needs it fails at once. Restore the dependency; the breaker then closes by itself.",
      states("open", "closed", "one"),
    )
      .noValue(NO_DEPENDENCY)
      .span(8)
      .height(8)
      .withTarget(series(now(METRICS.circuitBreakerOpen, { by: ["dependency"] }, "max"), "{{dependency}}")),

    timeseries(
      "Bulkhead utilization",
      "Share of a bulkhead's places that are taken. At 100%, calls wait, then fail with bulkhead_full. The usual cause is a slow dependency.",
      units.PercentUnit,
    )
      .noValue(NO_BULKHEAD)
      .span(12)
      .height(6)
      .max(1)
      .withTarget(
        series(share(ofBulkhead(METRICS.bulkheadRunning), ofBulkhead(METRICS.bulkheadLimit)), "{{bulkhead}}"),
      ),

    timeseries(
      "Bulkhead queue",
      "Calls that wait for a place in a bulkhead. If this stays above 0, calls spend time waiting that no dependency's own numbers show.",
      units.Short,
    )
      .noValue(NO_BULKHEAD)
      .span(12)
      .height(6)
      .withTarget(series(ofBulkhead(METRICS.bulkheadQueued), "{{bulkhead}}")),
  ]);

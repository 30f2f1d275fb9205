import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { redFrom, valueTexts } from "../panel-style.ts";
import { timeseries, verdict } from "../panels.ts";
import { countRate, now, perSecond, quantile, share } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

/** What a panel shows while no tool has what it is about. */
const NO_DEPENDENCY = "no dependency yet";
const NO_BULKHEAD = "no bulkhead yet";

const where = { job: SERVER } as const;
const downstream = (q: number) => quantile(q, EXTERNAL_METRICS.httpClientDuration, { by: ["server_address"], where });

const ofBulkhead = (gauge: (typeof METRICS)["bulkheadRunning" | "bulkheadLimit" | "bulkheadQueued"]) =>
  now(gauge, { by: ["bulkhead"] });

export const dependencies = () =>
  row("Dependencies", [
    timeseries(
      "Downstream latency",
      "Duration of the server's outgoing HTTP calls, by host. If it rises together with the tool latency, the dependency is slow. If it does not, the time is spent in this process.",
      units.Seconds,
    )
      .noValue(NO_DEPENDENCY)
      .span(8)
      .withTarget(series(downstream(0.99), "{{server_address}} p99"))
      .withTarget(series(downstream(0.5), "{{server_address}} p50")),

    timeseries(
      "Downstream answers",
      "Answers to the server's outgoing HTTP calls, by host and status. 5xx: the dependency fails. 429: its rate limit is reached. Without a status: it did not answer.",
      units.RequestsPerSecond,
    )
      .noValue(NO_DEPENDENCY)
      .span(8)
      .withTarget(
        series(
          countRate(EXTERNAL_METRICS.httpClientDuration, {
            by: ["server_address", "http_response_status_code"],
            where,
          }),
          "{{server_address}} {{http_response_status_code}}",
        ),
      ),

    timeseries(
      "Requests between services",
      "Requests between services, counted from traces. If one line stops while its caller still works, that connection is broken.",
      units.RequestsPerSecond,
    )
      .span(8)
      .withTarget(
        series(perSecond(EXTERNAL_METRICS.serviceRequests, { by: ["client", "server"] }), "{{client}} → {{server}}"),
      ),

    verdict(
      "Circuit breakers",
      "open: the server has stopped calling this dependency, and every tool that needs it fails at once. Restore the dependency; the breaker then closes by itself.",
      units.Short,
      redFrom(1),
    )
      .noValue(NO_DEPENDENCY)
      .span(8)
      .height(6)
      .mappings(valueTexts("open", "closed"))
      .withTarget(series(now(METRICS.circuitBreakerOpen, { by: ["dependency"] }, "max"), "{{dependency}}")),

    timeseries(
      "Bulkheads in use",
      "Share of a bulkhead's places that are taken. At 100%, calls wait, then fail with bulkhead_full. The usual cause is a slow dependency.",
      units.PercentUnit,
    )
      .noValue(NO_BULKHEAD)
      .span(8)
      .height(6)
      .max(1)
      .withTarget(
        series(share(ofBulkhead(METRICS.bulkheadRunning), ofBulkhead(METRICS.bulkheadLimit)), "{{bulkhead}}"),
      ),

    timeseries(
      "Waiting for a bulkhead",
      "Calls that wait for a place in a bulkhead. If this stays above 0, calls spend time waiting that no dependency's own numbers show.",
      units.Short,
    )
      .noValue(NO_BULKHEAD)
      .span(8)
      .height(6)
      .withTarget(series(ofBulkhead(METRICS.bulkheadQueued), "{{bulkhead}}")),
  ]);

import * as units from "@grafana/grafana-foundation-sdk/units";
import { row } from "../board.ts";
import { OTHERS } from "../others.ts";
import { timeseries } from "../panels.ts";
import { observed, perSecond, quantile } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

const where = { job: SERVER } as const;
const downstream = (q: number) => quantile(q, OTHERS.httpClientDuration, { by: ["server_address"], where });

export const dependencies = () =>
  row("Dependencies", [
    timeseries(
      "Downstream latency",
      "Outgoing HTTP calls of the server, by host. It rises together with tool latency: the fault is down there. It does not: the time is lost in this process.",
      units.Seconds,
    )
      .span(8)
      .withTarget(series(downstream(0.99), "{{server_address}} p99"))
      .withTarget(series(downstream(0.5), "{{server_address}} p50")),

    timeseries(
      "Downstream answers",
      "By host and status. 5xx: call the owner; 429: slow down; a host without a status: it did not answer at all.",
      units.RequestsPerSecond,
    )
      .span(8)
      .withTarget(
        series(
          observed(OTHERS.httpClientDuration, {
            by: ["server_address", "http_response_status_code"],
            where,
          }),
          "{{server_address}} {{http_response_status_code}}",
        ),
      ),

    timeseries(
      "Who calls whom",
      "Requests between services, as the traces show them. A line that stops while its caller goes on is the broken hop.",
      units.RequestsPerSecond,
    )
      .span(8)
      .withTarget(series(perSecond(OTHERS.serviceRequests, { by: ["client", "server"] }), "{{client}} → {{server}}")),
  ]);

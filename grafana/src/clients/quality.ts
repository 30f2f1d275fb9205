import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS, type Outcome } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { redTowards } from "../panel-style.ts";
import { table, timeseries } from "../panels.ts";
import { increase, perSecond, quantile, share } from "../promql.ts";
import { LIMITS } from "../service.ts";
import { columns, rowsNamedBy } from "../table-columns.ts";
import { series } from "../targets.ts";

const by = ["mcp_client_name"] as const;
const perRevision = ["mcp_client_name", "mcp_protocol_version"] as const;
const shareOf = (status: Outcome) =>
  share(perSecond(METRICS.clientCalls, { by, where: { status } }), perSecond(METRICS.clientCalls, { by }));
const totalShareOf = (status: Outcome) =>
  share(
    increase(METRICS.clientCalls, { by: perRevision, where: { status } }),
    increase(METRICS.clientCalls, { by: perRevision }),
  );
const mostCallsFirst = new TableSortByFieldStateBuilder().displayName("Calls").desc(true);

export const quality = () => {
  const panel = table(
    "Clients",
    "One row for each client and revision, over the time shown. Clients of revision 2026-07-28 have no sessions. If one client has most errors or rejections, it sends something that the others do not.",
  );
  columns(panel, {
    Calls: { expr: increase(METRICS.clientCalls, { by: perRevision }), unit: units.Short, decimals: 0 },
    Sessions: { expr: increase(METRICS.clientSessions, { by: perRevision }), unit: units.Short, decimals: 0 },
    "Error ratio": {
      expr: totalShareOf("error"),
      unit: units.PercentUnit,
      decimals: 1,
      thresholds: redTowards(LIMITS.errorRatio),
    },
    "Rejected ratio": { expr: totalShareOf("rejected"), unit: units.PercentUnit, decimals: 1 },
  });
  rowsNamedBy(panel, { mcp_client_name: "Client", mcp_protocol_version: "Revision" });
  return row("Errors and latency by client", [
    timeseries("Errors by client", "Share of its calls that failed because of the server.", units.PercentUnit)
      .noValue("no call yet")
      .span(8)
      .withTarget(series(shareOf("error"), "{{mcp_client_name}}")),

    timeseries(
      "Rejections by client",
      "Share of its calls that were rejected: unknown tools or wrong arguments. If it rises for one client, that client had a release.",
      units.PercentUnit,
    )
      .noValue("no call yet")
      .span(8)
      .withTarget(series(shareOf("rejected"), "{{mcp_client_name}}")),

    timeseries(
      "p95 latency by client",
      "19 of 20 calls of a client are faster. A client that is slower than the others calls slower tools, or sends more.",
      units.Seconds,
    )
      .noValue("no call yet")
      .span(8)
      .withTarget(series(quantile(0.95, METRICS.clientCallDuration, { by }), "{{mcp_client_name}}")),

    panel.span(24).height(7).sortBy([mostCallsFirst]),
  ]);
};

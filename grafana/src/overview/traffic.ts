import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS, type Outcome } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { linkToLogs } from "../links.ts";
import { linesOfErrorClass } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { stacked, timeseries } from "../panels.ts";
import { perSecond, share } from "../promql.ts";
import { OUTCOME_COLOURS } from "../service.ts";
import { series } from "../targets.ts";

const shareOf = (status: Outcome) =>
  share(perSecond(METRICS.toolCalls, { where: { status } }), perSecond(METRICS.toolCalls));

export const traffic = () =>
  row("Traffic and errors", [
    withColours(
      OUTCOME_COLOURS,
      stacked(
        "Calls by outcome",
        "Every finished call, once. Red that grows with the traffic is load; red alone is a fault.",
        units.RequestsPerSecond,
      ),
    )
      .span(8)
      .withTarget(series(perSecond(METRICS.toolCalls, { by: ["status"] }), "{{status}}")),

    withColours(
      {
        server: OUTCOME_COLOURS.error,
        caller: OUTCOME_COLOURS.rejected,
        cancelled: OUTCOME_COLOURS.cancelled,
      },
      timeseries(
        "Whose fault",
        "Share of all calls. Server: yours to mend. Caller: wrong arguments or unknown tools, so look for a client that was just released. Cancelled: clients gave up, so look at latency first.",
        units.PercentUnit,
      ),
    )
      .span(8)
      .withTarget(series(shareOf("error"), "server"))
      .withTarget(series(shareOf("rejected"), "caller"))
      .withTarget(series(shareOf("cancelled"), "cancelled")),

    timeseries(
      "Errors by class",
      "What the server's failures are made of. upstream, timeout and circuit_open point at a dependency, bulkhead_full and rate_limit at load, malformed_output and unknown at the code. Click a line for its log.",
      units.CountsPerSecond,
    )
      .span(8)
      .withTarget(series(perSecond(METRICS.toolErrors, { by: ["error_class"] }), "{{error_class}}"))
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
      .dataLinks([linkToLogs("Log of this class", linesOfErrorClass("${__field.labels.error_class}"))]),
  ]);

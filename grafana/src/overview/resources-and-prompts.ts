import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { LOG, METRICS } from "mcp-telemetry/conventions";
import { foldedRow } from "../board.ts";
import { CLICKED, linkToLogs, linkToTraces } from "../links.ts";
import { linesWith } from "../logql.ts";
import { redTowards } from "../panel-style.ts";
import { perMinuteOf, table, timeseries } from "../panels.ts";
import { increase, nonZero, perMinute, quantile, share } from "../promql.ts";
import { LIMITS, SERVED } from "../service.ts";
import { columns, linked, rowsNamedBy } from "../table-columns.ts";
import { series } from "../targets.ts";
import { requestsOfPrompt, requestsOfResource } from "../traceql.ts";

const mostFailingFirst = () => new TableSortByFieldStateBuilder().displayName("Errors").desc(true);
const served = { status: SERVED } as const;
const failed = { status: "error" } as const;

type Requests = typeof METRICS.resourceReads | typeof METRICS.promptGets;
type Durations = typeof METRICS.resourceDuration | typeof METRICS.promptDuration;
type By = readonly ["resource_uri"] | readonly ["prompt_name"];

const errorRatio = (requests: Requests, by: By) => ({
  expr: share(increase(requests, { by, where: failed }), increase(requests, { by, where: served })),
  unit: units.PercentUnit,
  decimals: 1,
  width: 75,
  thresholds: redTowards(LIMITS.errorRatio),
});

const p99 = (durations: Durations, by: By) => ({
  expr: `${quantile(0.99, durations, { by, where: served, over: "$__range" })} >= 0`,
  unit: units.Seconds,
  thresholds: redTowards(LIMITS.p99Seconds),
});

const resources = () => {
  const by = ["resource_uri"] as const;
  const panel = table(
    "Resources",
    "One row for each resource or template of URIs, over the time shown, most failures first. Red: MCPResourceOrPromptHighErrorRate or MCPResourceOrPromptHighLatency fires. `_OTHER`: URIs that no resource has. Click a name to open its traces or log.",
  );
  columns(panel, {
    Errors: errorRatio(METRICS.resourceReads, by),
    Reads: { expr: increase(METRICS.resourceReads, { by }), unit: units.Short, decimals: 0 },
    p99: p99(METRICS.resourceDuration, by),
    Size: {
      expr: `${quantile(0.95, METRICS.resourceOutputBytes, { by, over: "$__range" })} >= 0`,
      unit: units.BytesSI,
    },
  });
  rowsNamedBy(panel, { resource_uri: "Resource" });
  return linked(
    panel,
    "Resource",
    linkToTraces("Traces", requestsOfResource(CLICKED)),
    linkToLogs("Log", linesWith(LOG.resourceUri, CLICKED)),
  ).sortBy([mostFailingFirst()]);
};

const prompts = () => {
  const by = ["prompt_name"] as const;
  const panel = table(
    "Prompts",
    "One row for each prompt, over the time shown, most failures first. Red: MCPResourceOrPromptHighErrorRate or MCPResourceOrPromptHighLatency fires. Click a name to open its traces or log.",
  );
  columns(panel, {
    Errors: errorRatio(METRICS.promptGets, by),
    Requests: { expr: increase(METRICS.promptGets, { by }), unit: units.Short, decimals: 0 },
    p99: p99(METRICS.promptDuration, by),
    Arguments: {
      expr: `${quantile(0.95, METRICS.promptInputBytes, { by, over: "$__range" })} >= 0`,
      unit: units.BytesSI,
    },
    Messages: {
      expr: `${quantile(0.95, METRICS.promptOutputBytes, { by, over: "$__range" })} >= 0`,
      unit: units.BytesSI,
    },
  });
  rowsNamedBy(panel, { prompt_name: "Prompt" });
  return linked(
    panel,
    "Prompt",
    linkToTraces("Traces", requestsOfPrompt(CLICKED)),
    linkToLogs("Log", linesWith(LOG.promptName, CLICKED)),
  ).sortBy([mostFailingFirst()]);
};

const byClass = ["error_class"] as const;

/** What tools have in several rows, for what else a server offers. Neither has a budget, a price or a limit of its size. */
export const resourcesAndPrompts = () =>
  foldedRow("Resources and prompts", [
    resources().span(9).height(8),
    prompts().span(9).height(8),
    timeseries(
      "Failed reads and prompts",
      "Failed reads of resources and requests of prompts, by error class. A line `none` at 0 is healthy. unknown: usually their code. malformed_output: what they return is no valid result.",
      perMinuteOf("errors"),
    )
      .span(6)
      .withTarget(
        series(nonZero(perMinute(METRICS.resourceErrors, { by: byClass }), "error_class"), "resources {{error_class}}"),
      )
      .withTarget(
        series(nonZero(perMinute(METRICS.promptErrors, { by: byClass }), "error_class"), "prompts {{error_class}}"),
      ),
  ]);

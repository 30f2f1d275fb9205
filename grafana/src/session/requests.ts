import { VisibilityMode } from "@grafana/grafana-foundation-sdk/common";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { CLICKED_TOOL, linkToTool } from "../links.ts";
import { durationsOfSession, outcomesOfSession } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { stacked, timeseries } from "../panels.ts";
import { OUTCOME_COLOURS } from "../service.ts";
import { lineCounts } from "../targets.ts";
import { SESSION_VARIABLE } from "./variable.ts";

export const requests = () =>
  row("Its requests", [
    withColours(
      OUTCOME_COLOURS,
      stacked(
        "Requests by outcome",
        "Read from its log lines. Empty: no such session in the time shown; widen the time, or choose one at the bottom.",
        units.Short,
      ).datasource(datasource("loki")),
    )
      .span(12)
      .withTarget(lineCounts(outcomesOfSession(SESSION_VARIABLE), "{{outcome}}")),

    timeseries(
      "Duration of its requests",
      "The slowest of each moment, by method and tool. One dot that stands out: find it in the trace below.",
      units.Milliseconds,
    )
      .datasource(datasource("loki"))
      .span(12)
      .showPoints(VisibilityMode.Always)
      .withTarget(lineCounts(durationsOfSession(SESSION_VARIABLE), "{{method}} {{tool_name}}"))
      .dataLinks([linkToTool(CLICKED_TOOL)]),
  ]);

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
import { NOT_IN_TIME, SESSION_VARIABLE } from "./variable.ts";

export const requests = () =>
  row("Requests", [
    withColours(
      OUTCOME_COLOURS,
      stacked("Requests by outcome", "Requests of this session, counted from its log lines.", units.Short).datasource(
        datasource("loki"),
      ),
    )
      .noValue(NOT_IN_TIME)
      .span(12)
      .withTarget(lineCounts(outcomesOfSession(SESSION_VARIABLE), "{{outcome}}")),

    timeseries(
      "Duration of requests",
      "The slowest request at each time, by method and tool. Find slow ones in the trace above.",
      units.Milliseconds,
    )
      .datasource(datasource("loki"))
      .noValue(NOT_IN_TIME)
      .span(12)
      .showPoints(VisibilityMode.Always)
      .withTarget(lineCounts(durationsOfSession(SESSION_VARIABLE), "{{method}} {{tool_name}}"))
      .dataLinks([linkToTool(CLICKED_TOOL)]),
  ]);

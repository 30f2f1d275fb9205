import { CustomVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { ATTR } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { CLICKED, linkToSession } from "../links.ts";
import { linesOfToolByLevel, readableLinesOfTool } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { logs, slowestFirst, spanTable, stacked } from "../panels.ts";
import { LEVEL_COLOURS } from "../service.ts";
import { linked } from "../table-columns.ts";
import { lineCounts, lines, spans } from "../targets.ts";
import { slowCalls } from "../traceql.ts";
import { TOOL_VARIABLE } from "./variable.ts";

/** A search returns the newest matches, not the slowest: for a longer time range, select a higher value. */
export const slowerThanVariable = () =>
  new CustomVariableBuilder("slower_than")
    .label("Slower than")
    .values("0s,100ms,500ms,1s,2s,5s,10s")
    .current({ text: "0s", value: "0s", selected: true });

export const calls = () =>
  row("Its calls", [
    linked(
      spanTable(
        "Slowest traces",
        "The newest calls that took longer than chosen above, the slowest first. Click a span for its trace: the widest bar in it is where the time went. Click a session id for all that its session did.",
      ),
      ATTR.sessionId,
      linkToSession(CLICKED),
    )
      .span(24)
      .height(9)
      .sortBy([slowestFirst()])
      .withTarget(spans(slowCalls(TOOL_VARIABLE, "$slower_than"))),

    withColours(
      LEVEL_COLOURS,
      stacked(
        "Its lines by level",
        "One line a call: error where the server failed, info for everything else.",
        units.Short,
      ).datasource(datasource("loki")),
    )
      .span(8)
      .height(10)
      .withTarget(lineCounts(linesOfToolByLevel(TOOL_VARIABLE), "{{level}}")),

    logs("Its log", "One line a call, and what was logged during it. Open a line and follow trace_id or session_id.")
      .span(16)
      .withTarget(lines(readableLinesOfTool(TOOL_VARIABLE, "$level"))),
  ]);

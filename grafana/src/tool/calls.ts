import { CustomVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { linesOfToolByLevel, readableLinesOfTool } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { logs, perMinuteOf, stacked } from "../panels.ts";
import { LEVEL_COLOURS } from "../service.ts";
import { slowestFirst, spanTable } from "../span-table.ts";
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
  row("Slow calls and log", [
    spanTable(
      "Slowest traces",
      "The newest calls that took longer than the time chosen at the top, slowest first. Click a trace to open it: the widest bar shows where the time is spent. Click a session id, where there is one, to see the whole session.",
      ["time", "outcome", "duration", "errorClass", "rejection", "session", "client", "trace"],
    )
      .noValue("No call of this tool took longer than the time chosen at the top")
      .span(24)
      .height(9)
      .sortBy([slowestFirst()])
      .withTarget(spans(slowCalls(TOOL_VARIABLE, "$slower_than"))),

    withColours(
      LEVEL_COLOURS,
      stacked(
        "Log volume",
        "One line for each call: error if the server failed, otherwise info.",
        perMinuteOf("lines"),
      ).datasource(datasource("loki")),
    )
      .span(8)
      .height(10)
      .withTarget(lineCounts(linesOfToolByLevel(TOOL_VARIABLE), "{{level}}")),

    logs("Log", "One line for each call, and the lines logged during it. Open a line and click trace_id or session_id.")
      .span(16)
      .withTarget(lines(readableLinesOfTool(TOOL_VARIABLE, "$level"))),
  ]);

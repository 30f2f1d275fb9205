import { CustomVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { linesByLevel, noteworthyLines } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { logs, perMinuteOf, stacked } from "../panels.ts";
import { LEVEL_COLOURS } from "../service.ts";
import { slowestFirst, spanTable } from "../span-table.ts";
import { lineCounts, lines, spans } from "../targets.ts";
import { recentCalls } from "../traceql.ts";

/**
 * `$level` filters the log. By default it filters nothing, so that an empty panel means a broken log pipeline. Lines
 * without a level, such as the stack trace of a crash, are then displayed too.
 */
export const levelVariable = () =>
  new CustomVariableBuilder("level")
    .label("Log level")
    .values(Object.keys(LEVEL_COLOURS).join(","))
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: ["All"], value: ["$__all"], selected: true });

export const logsAndTraces = () =>
  row("Logs and traces", [
    spanTable(
      "Recent tool calls, slowest first",
      "The newest traces with a tool call, one row for each call. Click a trace to open it: the widest bar shows where the time is spent. Click a session id to see the whole session.",
      ["time", "tool", "outcome", "duration", "errorClass", "rejection", "session", "client", "trace"],
    )
      .span(24)
      .height(9)
      .noValue("No tool call in the time shown")
      .sortBy([slowestFirst()])
      .withTarget(spans(recentCalls)),

    withColours(
      LEVEL_COLOURS,
      stacked(
        "Log volume",
        "Log lines of the server, by level. If there are none, the server is down or its log does not arrive.",
        perMinuteOf("lines"),
      ).datasource(datasource("loki")),
    )
      .span(8)
      .height(10)
      .withTarget(lineCounts(linesByLevel, "{{level}}")),

    logs(
      "Log",
      "All log lines except successful requests: errors, rejections, warnings, sessions that begin and end. Filter with Log level at the top. Open a line and click trace_id to see its trace.",
    )
      .span(16)
      .withTarget(lines(noteworthyLines("$level"))),
  ]);

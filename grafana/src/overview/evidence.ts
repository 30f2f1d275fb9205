import { CustomVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { ATTR } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { datasource } from "../datasources.ts";
import { CLICKED, linkToSession } from "../links.ts";
import { linesByLevel, noteworthyLines } from "../logql.ts";
import { withColours } from "../panel-style.ts";
import { logs, slowestFirst, spanTable, stacked } from "../panels.ts";
import { LEVEL_COLOURS } from "../service.ts";
import { linked } from "../table-columns.ts";
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

export const evidence = () =>
  row("Log and traces", [
    withColours(
      LEVEL_COLOURS,
      stacked(
        "Log lines by level",
        "Log lines of the server, by level. If there are none, the server is down or its log does not arrive.",
        units.Short,
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

    linked(
      spanTable(
        "Recent tool calls, slowest first",
        "The newest traces with a tool call, one row for each call. Click a span to open its trace: the widest bar shows where the time is spent. Click a session id to see the whole session.",
      ),
      ATTR.sessionId,
      linkToSession(CLICKED),
    )
      .span(24)
      .height(9)
      .sortBy([slowestFirst()])
      .withTarget(spans(recentCalls)),
  ]);

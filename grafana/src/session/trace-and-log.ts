import { LogsSortOrder } from "@grafana/grafana-foundation-sdk/common";
import { row } from "../board.ts";
import { linesOfSession } from "../logql.ts";
import { logs, spanTable } from "../panels.ts";
import { lines, spans } from "../targets.ts";
import { spansOfSession } from "../traceql.ts";
import { SESSION_VARIABLE } from "./variable.ts";

/** Maximum number of spans of one trace in the table; in most cases a session is one trace. */
const ALL_OF_IT = 100;

export const traceAndLog = () =>
  row("Trace and log", [
    spanTable(
      "Trace",
      "One row for each request. Click a span id to see them as one tree, from the agent to the services that the tools call. The row mcp.session is the whole session; it appears when the session has ended.",
    )
      .span(24)
      .height(10)
      .withTarget(spans(spansOfSession(SESSION_VARIABLE), ALL_OF_IT)),

    logs("Log", "Log lines of this session. Open a line and click trace_id to see its trace.")
      .span(24)
      .sortOrder(LogsSortOrder.Ascending)
      .withTarget(lines(linesOfSession(SESSION_VARIABLE))),
  ]);

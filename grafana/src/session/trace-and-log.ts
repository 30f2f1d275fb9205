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
  row("What it did", [
    spanTable(
      "Its trace and calls",
      "One request a row. Click the trace id to see them as one tree, from the agent that asked to the database that answered. mcp.session is the whole session, once it has ended.",
    )
      .span(24)
      .height(10)
      .withTarget(spans(spansOfSession(SESSION_VARIABLE), ALL_OF_IT)),

    logs("Its log", "From its first line to its last. Open a line and follow trace_id to its trace.")
      .span(24)
      .sortOrder(LogsSortOrder.Ascending)
      .withTarget(lines(linesOfSession(SESSION_VARIABLE))),
  ]);

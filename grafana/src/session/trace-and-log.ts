import { LogsSortOrder } from "@grafana/grafana-foundation-sdk/common";
import { row } from "../board.ts";
import { linesOfSession } from "../logql.ts";
import { logs, waterfall } from "../panels.ts";
import { lines, spans } from "../targets.ts";
import { tracesOfSession } from "../traceql.ts";
import { SESSION_VARIABLE } from "./variable.ts";

/** Maximum number of spans of one trace; in most cases a session is one trace. */
const ALL_OF_IT = 100;

/** Tempo's answer to a search has the fields of a trace under other names, and the duration in nanoseconds. */
const asTrace = [
  {
    id: "calculateField",
    options: {
      alias: "duration",
      mode: "binary",
      binary: { left: "Duration", operator: "/", right: "1000000" },
      replaceFields: false,
    },
  },
  {
    id: "organize",
    options: {
      excludeByName: { Duration: true },
      renameByName: {
        traceIdHidden: "traceID",
        "Span ID": "spanID",
        "span:parentID": "parentSpanID",
        Name: "operationName",
        "service.name": "serviceName",
        "Start time": "startTime",
      },
    },
  },
];

export const traceAndLog = () =>
  row("Trace and log", [
    waterfall("Trace", "The session from the agent to the services that its tools call.")
      .span(24)
      .withTarget(spans(tracesOfSession(SESSION_VARIABLE), ALL_OF_IT))
      .transformations(asTrace),

    logs("Log", "Log lines of this session. Open a line and click trace_id to see its trace.")
      .span(24)
      .sortOrder(LogsSortOrder.Ascending)
      .withTarget(lines(linesOfSession(SESSION_VARIABLE))),
  ]);

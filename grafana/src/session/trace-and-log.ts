import { LogsSortOrder } from "@grafana/grafana-foundation-sdk/common";
import { row } from "../board.ts";
import { linesOfSession } from "../logql.ts";
import { logs, waterfall } from "../panels.ts";
import { lines, spans } from "../targets.ts";
import { tracesOfSession } from "../traceql.ts";
import { SESSION_VARIABLE } from "./variable.ts";

/** Maximum number of spans of one trace; in most cases a session is one trace. */
const ALL_OF_IT = 100;

/** The fields of a trace that are texts, by their names in Tempo's answer to a search. */
const TEXTS = {
  traceIdHidden: "traceID",
  "span:parentID": "parentSpanID",
  Name: "operationName",
  "service.name": "serviceName",
};

const divided = (field: string, by: string, alias: string) => ({
  id: "calculateField",
  options: {
    alias,
    mode: "binary",
    binary: { left: { matcher: { id: "byName", options: field } }, operator: "/", right: { fixed: by } },
    replaceFields: false,
  },
});

/** A search answers with a table: this gives its fields the names and units that the panel reads, all in milliseconds. */
const asTrace = [
  ...Object.entries(TEXTS).map(([source, name]) => ({
    id: "extractFields",
    options: { source, format: "regexp", regExp: `/(?<${name}>.+)/`, replace: false, keepTime: false },
  })),
  {
    id: "convertFieldType",
    options: { conversions: [{ targetField: "Start time", destinationType: "number" }] },
  },
  divided("Start time", "1", "startTime"),
  divided("Duration", "1000000", "duration"),
  { id: "organize", options: { excludeByName: { Duration: true } } },
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

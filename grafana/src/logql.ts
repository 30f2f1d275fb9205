/** LogQL over the server's lines. Labels are `service_name` and `level`; everything else is in the line. */
import { LOG, type Outcome } from "../../server/telemetry/conventions.ts";
import { SERVER } from "./service.ts";

const stream = (level?: string) =>
  `{${LOG.serviceName}="${SERVER}"${level === undefined ? "" : `, level=~"${level}"`}}`;

/** The line that every good call writes. Without those, what remains is what somebody would want to read. */
const notSuccess = `!= \`"${LOG.outcome}":"${"success" satisfies Outcome}"\``;

/** What a line is shown by, in this order; `tool_name` is there already, as structured metadata. */
const SHOWN = [LOG.method, LOG.toolName, LOG.outcome, LOG.errorClass, LOG.reason, LOG.endReason];
const extract = SHOWN.filter((field) => field !== LOG.toolName).map((field) => `${field}="${field}"`);
const show = SHOWN.map((field) => `{{with .${field}}} ${field}={{.}}{{end}}`).join("");

/** JSON as one short line: message, what it is about, the error. A line that is no JSON stays as it is. */
const readable =
  `| json msg="msg", error="err.message", ${extract.join(", ")} ` +
  `| line_format \`{{if .msg}}{{.msg}}${show}{{with .error}} error={{.}}{{end}}{{else}}{{__line__}}{{end}}\``;

const ofTool = (tool: string) => `| ${LOG.toolName}="${tool}"`;
const ofSession = (session: string) => `| ${LOG.sessionId}="${session}"`;
const counted = (by: string, expr: string) => `sum by (${by}) (count_over_time(${expr} [$__auto]))`;

export const noteworthyLines = (level: string) => `${stream(level)} ${notSuccess} ${readable}`;

export const linesByLevel = counted("level", stream());

export const linesOfTool = (tool: string) => `${stream()} ${ofTool(tool)}`;

export const readableLinesOfTool = (tool: string, level: string) => `${stream(level)} ${ofTool(tool)} ${readable}`;

export const linesOfToolByLevel = (tool: string) => counted("level", linesOfTool(tool));

export const linesOfSession = (session: string) => `${stream()} ${ofSession(session)} ${readable}`;

/** Requests of one session: how they ended, and how long the slowest of each moment took. */
export const outcomesOfSession = (session: string) =>
  counted(LOG.outcome, `${stream()} ${ofSession(session)} | json ${LOG.outcome}="${LOG.outcome}" | ${LOG.outcome}!=""`);

export const durationsOfSession = (session: string) =>
  `max by (${LOG.method}, ${LOG.toolName}) (max_over_time(${stream()} ${ofSession(session)} ` +
  `| json ${LOG.method}="${LOG.method}", ${LOG.durationMs}="${LOG.durationMs}" | ${LOG.durationMs}!="" ` +
  `| unwrap ${LOG.durationMs} [$__auto]))`;

export const linesOfErrorClass = (errorClass: string, tool?: string) =>
  `${stream("error")} ${tool === undefined ? "" : `${ofTool(tool)} `}| json | ${LOG.errorClass}="${errorClass}"`;

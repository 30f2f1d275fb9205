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

export const noteworthyLines = (level: string) => `${stream(level)} ${notSuccess} ${readable}`;

export const linesByLevel = `sum by (level) (count_over_time(${stream()}[$__auto]))`;

export const linesOfTool = (tool: string) => `${stream()} | ${LOG.toolName}="${tool}"`;

export const linesOfErrorClass = (errorClass: string) =>
  `${stream("error")} | json | ${LOG.errorClass}="${errorClass}"`;

/**
 * LogQL over the server's log. `service_name`, `level` and `logger` are labels; all other fields are in the line. The audit
 * lines, which have a `logger`, are left out: each repeats the line of its request.
 */
import { AUDIT_LOGGER, LOG, type Outcome } from "mcp-telemetry/conventions";
import { SERVER } from "./service.ts";

const stream = (level?: string) =>
  `{${LOG.serviceName}="${SERVER}", ${LOG.logger}=""${level === undefined ? "" : `, level=~"${level}"`}}`;
const auditStream = `{${LOG.serviceName}="${SERVER}", ${LOG.logger}="${AUDIT_LOGGER}"}`;

/** Leaves out the lines of successful calls, which are most of the log. */
const notSuccess = `!= \`"${LOG.outcome}":"${"success" satisfies Outcome}"\``;

/** The fields of a formatted line, in order. `tool_name` is structured metadata, so it is not extracted. */
const DISPLAYED_FIELDS = [LOG.method, LOG.toolName, LOG.outcome, LOG.errorClass, LOG.reason, LOG.endReason];
const extract = DISPLAYED_FIELDS.filter((field) => field !== LOG.toolName).map((field) => `${field}="${field}"`);
const fieldTemplates = DISPLAYED_FIELDS.map((field) => `{{with .${field}}} ${field}={{.}}{{end}}`).join("");

/** Formats a JSON line as one short line: message, fields, error. A line that is not JSON stays as it is. */
const readable =
  `| json msg="msg", error="err.message", ${extract.join(", ")} ` +
  `| line_format \`{{if .msg}}{{.msg}}${fieldTemplates}{{with .error}} error={{.}}{{end}}{{else}}{{__line__}}{{end}}\``;

const ofTool = (tool: string) => `| ${LOG.toolName}="${tool}"`;
const ofSession = (session: string) => `| ${LOG.sessionId}="${session}"`;
const countBy = (by: string, expr: string) => `sum by (${by}) (count_over_time(${expr} [$__auto]))`;
const perMinuteBy = (by: string, expr: string) => `sum by (${by}) (rate(${expr} [$__auto])) * 60`;

export const noteworthyLines = (level: string) => `${stream(level)} ${notSuccess} ${readable}`;

/** By level. Lines without one, such as a stack trace of Node.js, get a name too: a legend could not show them. */
const countByLevel = (expr: string) => `label_replace(${perMinuteBy("level", expr)}, "level", "none", "level", "")`;

export const linesByLevel = countByLevel(stream());

export const linesOfTool = (tool: string) => `${stream()} ${ofTool(tool)}`;

/** The lines with a value of a field that is in the line itself. */
export const linesWith = (field: string, value: string) =>
  `${stream()} | json ${field}="${field}" | ${field}="${value}"`;

export const readableLinesOfTool = (tool: string, level: string) => `${stream(level)} ${ofTool(tool)} ${readable}`;

export const linesOfToolByLevel = (tool: string) => countByLevel(linesOfTool(tool));

export const linesOfSession = (session: string) => `${stream()} ${ofSession(session)} ${readable}`;

/** The requests of one session by outcome. */
export const outcomesOfSession = (session: string) =>
  countBy(LOG.outcome, `${stream()} ${ofSession(session)} | json ${LOG.outcome}="${LOG.outcome}" | ${LOG.outcome}!=""`);

/** The duration of the slowest request of each method and tool of one session. */
export const durationsOfSession = (session: string) =>
  `max by (${LOG.method}, ${LOG.toolName}) (max_over_time(${stream()} ${ofSession(session)} ` +
  `| json ${LOG.method}="${LOG.method}", ${LOG.durationMs}="${LOG.durationMs}" | ${LOG.durationMs}!="" ` +
  `| unwrap ${LOG.durationMs} [$__auto]))`;

/** The tool calls of the ten busiest subjects, or tenants. No label has their names: there may be any number of them. */
export const callsOfBusiest = (who: string) =>
  `topk(10, ${perMinuteBy(who, `${stream()} |= \`"${LOG.method}":"tools/call"\` | json ${who}="${who}", ${LOG.outcome}="${LOG.outcome}" | ${LOG.outcome}!="" | ${who}!=""`)})`;

/** The tool calls that failed or were rejected, by subject and outcome. */
export const unservedCallsOfSubjects = `topk(10, ${perMinuteBy(`${LOG.userId}, ${LOG.outcome}`, `${stream()} ${notSuccess} |= \`"${LOG.method}":"tools/call"\` | json ${LOG.userId}="${LOG.userId}", ${LOG.outcome}="${LOG.outcome}" | ${LOG.outcome}!=""`)})`;

/** The audit lines, each as one short line: who called what, from which client, with which arguments, and how it ended. */
export const auditLines =
  `${auditStream} | json ${[LOG.userId, LOG.clientName, LOG.outcome, LOG.argKeys].map((field) => `${field}="${field}"`).join(", ")} ` +
  `| line_format \`{{.${LOG.userId}}} {{.${LOG.toolName}}} {{.${LOG.argKeys}}} {{.${LOG.outcome}}} client={{.${LOG.clientName}}}\``;

/** The audited calls by tool. */
export const auditedCalls = perMinuteBy(LOG.toolName, auditStream);

export const linesOfErrorClass = (errorClass: string, tool?: string) =>
  `${stream("error")} ${tool === undefined ? "" : `${ofTool(tool)} `}| json | ${LOG.errorClass}="${errorClass}"`;

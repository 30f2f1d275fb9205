/** TraceQL over the server's spans: calls of tools, and sessions. */
import { ATTR, SPAN } from "../../server/telemetry/conventions.ts";
import { SERVER } from "./service.ts";

const span = (attribute: keyof typeof ATTR) => `span.${ATTR[attribute]}`;
const spansWhere = (...conditions: string[]) =>
  `{ ${[`resource.service.name = "${SERVER}"`, ...conditions].join(" && ")} }`;
const show = (...columns: string[]) => `| select(${columns.join(", ")})`;

/** Without it a search ends with the first traces found, which need not be the newest. */
const newest = "with (most_recent=true)";

const TOOL = span("toolName");
const WHAT_CAME_OF_IT = ["status", span("errorClass")];

export const callsOfTool = (tool: string) => `${spansWhere(`${TOOL} = "${tool}"`)} ${newest}`;

/** Every call, with what its row in a table shows besides name and duration. */
export const recentCalls = `${spansWhere(`${TOOL} != nil`)} ${show(TOOL, ...WHAT_CAME_OF_IT, span("sessionId"))} ${newest}`;

export const slowCalls = (tool: string, slowerThan: string) =>
  `${spansWhere(`${TOOL} = "${tool}"`, `duration > ${slowerThan}`)} ${show(...WHAT_CAME_OF_IT, span("sessionId"))} ${newest}`;

/** Sessions that began, whether or not they have ended. */
export const openedSessions = `${spansWhere(`${span("methodName")} = "initialize"`)} ${show(span("sessionId"), span("userId"))} ${newest}`;

export const endedSessions = `${spansWhere(`name = "${SPAN.session}"`)} ${show(
  span("sessionId"),
  span("clientName"),
  span("sessionToolCalls"),
  span("sessionEndReason"),
)} ${newest}`;

/** What one session asked for, and its own span once it has ended. */
export const spansOfSession = (session: string) =>
  `${spansWhere(`${span("sessionId")} = "${session}"`)} ${show(span("methodName"), TOOL, ...WHAT_CAME_OF_IT)} ${newest}`;

/** TraceQL over the server's spans of tool calls and sessions. */
import { ATTR, SPAN } from "mcp-telemetry/conventions";
import { SERVER } from "./service.ts";

const span = (attribute: keyof typeof ATTR) => `span.${ATTR[attribute]}`;
const spansWhere = (...conditions: string[]) =>
  `{ ${[`resource.service.name = "${SERVER}"`, ...conditions].join(" && ")} }`;
const select = (...columns: string[]) => `| select(${columns.join(", ")})`;

/** Returns the newest traces; by default a search returns the first ones that it finds. */
const newest = "with (most_recent=true)";

const TOOL = span("toolName");
const STATUS_AND_ERROR = ["status", span("errorClass"), span("rejectionReason")];
const CALLER = [span("sessionId"), span("clientName")];

export const callsOfTool = (tool: string) => `${spansWhere(`${TOOL} = "${tool}"`)} ${newest}`;

export const requestsOfResource = (uri: string) => `${spansWhere(`${span("resourceUri")} = "${uri}"`)} ${newest}`;
export const requestsOfPrompt = (name: string) => `${spansWhere(`${span("promptName")} = "${name}"`)} ${newest}`;

/** Every call, with the columns of its row in a table. */
export const recentCalls = `${spansWhere(`${TOOL} != nil`)} ${select(TOOL, ...STATUS_AND_ERROR, ...CALLER)} ${newest}`;

export const slowCalls = (tool: string, slowerThan: string) =>
  `${spansWhere(`${TOOL} = "${tool}"`, `duration > ${slowerThan}`)} ${select(...STATUS_AND_ERROR, ...CALLER)} ${newest}`;

/** Sessions that have started, whether or not they have ended. */
export const openedSessions = `${spansWhere(`${span("methodName")} = "initialize"`)} ${select(span("sessionId"), span("clientName"), span("userId"))} ${newest}`;

export const endedSessions = `${spansWhere(`name = "${SPAN.session}"`)} ${select(
  span("sessionId"),
  span("clientName"),
  span("sessionToolCalls"),
  span("sessionEndReason"),
)} ${newest}`;

/** The spans of one session, what called it and what it called: most often one trace. */
export const tracesOfSession = (session: string) =>
  `{ } &>> ${spansWhere(`${span("sessionId")} = "${session}"`)} &>> { } ${select("name", "span:parentID", "resource.service.name")} ${newest}`;

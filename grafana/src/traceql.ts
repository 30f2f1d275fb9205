/** TraceQL over the server's spans of tools/call. */
import { ATTR } from "../../server/telemetry/conventions.ts";
import { SERVER } from "./service.ts";

const TOOL = `span.${ATTR.toolName}`;
const calls = (condition: string) => `{ resource.service.name = "${SERVER}" && ${condition} }`;

/** Without it a search ends with the first traces found, which need not be the newest. */
const newest = "with (most_recent=true)";

export const callsOfTool = (tool: string) => `${calls(`${TOOL} = "${tool}"`)} ${newest}`;

/** Every call, with what its row in a table shows besides name and duration. */
export const recentCalls = `${calls(`${TOOL} != nil`)} | select(${TOOL}, status, span.${ATTR.errorClass}) ${newest}`;

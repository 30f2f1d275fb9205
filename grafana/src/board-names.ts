/** Uid and title of each board. The boards `tool` and `session` have a variable of that name, which selects one. */
export const BOARDS = {
  overview: { uid: "mcp-overview", title: "MCP overview" },
  tool: { uid: "mcp-tool", title: "MCP tool" },
  session: { uid: "mcp-session", title: "MCP session" },
  probe: { uid: "mcp-probe", title: "MCP probe" },
  clients: { uid: "mcp-clients", title: "MCP clients" },
  health: { uid: "mcp-health", title: "MCP telemetry and runtime health" },
} as const;

export type BoardVariable = "tool" | "session";

/** The tag of every board; the links between boards find them by it. */
export const TAG = "mcp";

/** What each board is called. Two are about one thing, which the variable of the same name chooses. */
export const BOARDS = {
  overview: { uid: "mcp-overview", title: "MCP overview" },
  tool: { uid: "mcp-tool", title: "MCP tool" },
  session: { uid: "mcp-session", title: "MCP session" },
  health: { uid: "mcp-health", title: "MCP telemetry and runtime health" },
} as const;

export type BoardVariable = "tool" | "session";

/** Every board carries it: the links from each board to the others go by it. */
export const TAG = "mcp";

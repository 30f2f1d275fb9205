/** The tool calls of `make load`, which clients make in turn. Name those that your clients make, as often as they make them. */
import type { ToolCall } from "../lib/mcp-wire.ts";

export const CALLS: readonly ToolCall[] = [{ name: "add", arguments: { a: 19, b: 23 } }];

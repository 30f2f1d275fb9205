/** Many JSON-RPC requests in one HTTP request: as much work for the server, and little for the test. */
import assert from "node:assert/strict";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { RunningServer } from "./running-server.ts";

/** The variable of a server to which a test sends more than one caller may send in a second. */
export const ANY_RATE = { MCP_MAX_MESSAGES_PER_SECOND: "1000000" };

/** As many as a server takes at once. */
const COUNT = 100;

/** Sends a hundred requests of one kind in the client's session. @throws when not all of them get a result */
export async function hundred(server: RunningServer, client: Client, method: string, params?: object): Promise<void> {
  const requests = Array.from({ length: COUNT }, (_, index) => ({
    jsonrpc: "2.0",
    id: `one of a hundred: ${index}`,
    method,
    params,
  }));
  const answer = await fetch(server.url, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-session-id": client.transport?.sessionId ?? "",
    },
    body: JSON.stringify(requests),
  });
  assert.equal((await answer.text()).match(/"result":{/g)?.length, COUNT);
}

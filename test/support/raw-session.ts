/** Sessions as they are on the wire: for callers that no client is like. */
import type { RunningServer } from "./running-server.ts";

export const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "memory", version: "1" } },
});
export const PING = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" });
export const SLOW = JSON.stringify({
  jsonrpc: "2.0",
  id: 3,
  method: "tools/call",
  params: { name: "fault", arguments: { mode: "slow", ms: 2000 } },
});

export const post = ({ url }: RunningServer, body: string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    headers: { accept: "application/json, text/event-stream", "content-type": "application/json", ...headers },
    body,
  });

/** @returns the status, and the id of the session */
export async function open(server: RunningServer, subject: string) {
  const answer = await post(server, INITIALIZE, { authorization: `Bearer ${subject}` });
  await answer.text();
  return { status: answer.status, subject, id: answer.headers.get("mcp-session-id") ?? "" };
}
export type Opened = Awaited<ReturnType<typeof open>>;

export const send = (server: RunningServer, { subject, id }: Opened, body: string) =>
  post(server, body, { authorization: `Bearer ${subject}`, "mcp-session-id": id });

export async function isOpen(server: RunningServer, session: Opened): Promise<boolean> {
  const answer = await send(server, session, PING);
  await answer.text();
  return answer.status === 200;
}

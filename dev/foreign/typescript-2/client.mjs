/** The TypeScript client 2.x. It asks for the newest revision first, and an aborted signal cancels a request. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const say = (step, saw) => process.stdout.write(`${JSON.stringify({ step, saw })}\n`);
const { MCP_URL, MCP_COMMAND } = process.env;

function transportTo() {
  if (MCP_URL !== undefined) return new StreamableHTTPClientTransport(new URL(MCP_URL));
  const [command, ...args] = JSON.parse(MCP_COMMAND);
  return new StdioClientTransport({ command, args, env: process.env });
}

const transport = transportTo();
const client = new Client({ name: "typescript-2", version: "2" }, { versionNegotiation: { mode: "auto" } });
await client.connect(transport);
say("connect", client.getNegotiatedProtocolVersion());
const { tools } = await client.listTools();
say("list", tools.map(({ name }) => name).join());

async function call(step, name, args) {
  try {
    const { isError } = await client.callTool({ name, arguments: args });
    say(step, isError ? "tool error" : "result");
  } catch (error) {
    say(step, `error ${error.code}`);
  }
}
await call("add", "add", { a: 1, b: 2 });
await call("tool error", "fault", { mode: "error" });
await call("unknown tool", "no_such_tool", {});
await call("bad arguments", "add", { a: "one" });

const abort = new AbortController();
const slow = client.callTool({ name: "fault", arguments: { mode: "slow", ms: 5000 } }, { signal: abort.signal });
const cancelled = slow.then(
  () => "not cancelled",
  () => "cancelled",
);
await sleep(500);
abort.abort("no longer wanted");
say("cancel", await cancelled);
await call("after cancel", "add", { a: 3, b: 4 });

await transport.terminateSession?.();
await client.close();
say("leave", "left");

/** Where there is nothing to send or to log, nothing is added. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { observeClient } from "mcp-telemetry";
import { runServer } from "../../test/support/running-server.ts";

test("without a trace, a request that is sent has no `_meta`", async () => {
  const sent: JSONRPCMessage[] = [];
  const transport: Transport = {
    start: async () => {},
    close: async () => {},
    send: async (message) => void sent.push(message),
  };
  observeClient(transport, undefined, () => {});
  const requests = [
    { jsonrpc: "2.0" as const, id: 1, method: "ping" },
    { jsonrpc: "2.0" as const, id: 2, method: "tools/call", params: { name: "x", _meta: { own: 1 } } },
  ];
  for (const request of requests) await transport.send(request);
  assert.deepEqual(sent, requests);
});

test("the debug line of a tool without a schema has no argument keys", async (t) => {
  const server = await runServer({ LOG_LEVEL: "debug" }, "server/test/fixture-server.ts");
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  await client.callTool({ name: "bare", arguments: { a: 1 } });
  await client.callTool({ name: "echo", arguments: { value: "x" } });
  const keysOf = async (tool: string) =>
    (await server.line(({ msg, tool_name }) => msg === "handler entered" && tool_name === tool)).arg_keys;
  assert.deepEqual([await keysOf("bare"), await keysOf("echo")], [[], ["value"]]);
  await client.close();
});

/** Errors of the caller have the code of a caller's error, and never count as errors of the server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { runServer, runStdio } from "../../test/support/running-server.ts";

type Params = Readonly<Record<string, unknown>>;

const ANYTHING = z.object({}).loose();
const ADD = { name: "add", arguments: { a: 1, b: 2 } };

/** Requests that no client should send, and the code of the answer; undefined where the answer is a result. */
const REQUESTS: readonly (readonly [method: string, params: Params, code?: number])[] = [
  ["tools/call", { name: "nowhere", task: {} }],
  ["tools/call", {}, -32602],
  ["tools/call", { name: 7 }, -32602],
  ["tools/call", { name: "add", arguments: [1, 2] }, -32602],
  ["tools/call", { name: "add", arguments: "1 2" }, -32602],
  ["tools/call", { name: "__proto__", arguments: {} }],
  ["tools/call", { name: "constructor", arguments: {} }],
  ["tools/call", { name: "add", arguments: { a: "1", b: null } }],
  ["tools/list", { cursor: 5 }, -32602],
  ["logging/setLevel", { level: "loud" }, -32602],
  ["logging/setLevel", {}, -32602],
  ["initialize", {}, -32602],
  ["resources/read", { uri: "no uri" }, -32602],
  ["prompts/get", { name: "nothing" }, -32602],
  ["completion/complete", { ref: { type: "ref/prompt", name: "x" }, argument: { name: "y", value: "z" } }, -32602],
  ["tasks/get", { taskId: "x" }, -32601],
  ["sampling/createMessage", { messages: [], maxTokens: 1 }, -32601],
  ["invented", {}, -32601],
];

const codeOf = (client: Client, method: string, params: Params): Promise<number | undefined> =>
  client.request({ method, params }, ANYTHING).then(
    () => undefined,
    (error) => (error instanceof McpError ? error.code : assert.fail(String(error))),
  );

for (const transport of ["http", "stdio"]) {
  test(`over ${transport}, no wrong request is answered as an internal error or counts as one`, async (t) => {
    const server = transport === "http" ? await runServer() : await runStdio();
    t.after(() => server.stop());
    const client = typeof server.client === "function" ? await server.client() : server.client;
    // The edge refuses an `initialize` in a session: over HTTP it never reaches the SDK.
    const sent = REQUESTS.filter(([method]) => transport === "stdio" || method !== "initialize");
    for (const [method, params, code] of sent) {
      assert.equal(await codeOf(client, method, params), code, `${method} ${JSON.stringify(params)}`);
    }
    const rejected = await server.untilRequests(sent.length, ({ outcome }) => outcome === "rejected");
    assert.equal(rejected.length, sent.length);
    assert.deepEqual(
      server.requests(({ outcome }) => outcome === "error"),
      [],
    );
    assert.doesNotMatch(await server.metrics(), /^mcp_\w+\{[^}]*status="error"[^}]*\} [^0]/m);
  });
  test(`over ${transport}, a task is ignored, because this server does not declare the capability`, async (t) => {
    const server = transport === "http" ? await runServer() : await runStdio();
    t.after(() => server.stop());
    const client = typeof server.client === "function" ? await server.client() : server.client;
    const requests: readonly (readonly [method: string, params: Params])[] = [
      ...[{}, { ttl: 1000 }, { ttl: "soon" }, "now"].map((task) => ["tools/call", { ...ADD, task }] as const),
      ["tools/list", { task: {} }],
      ["ping", { task: {} }],
      ["logging/setLevel", { level: "info", task: {} }],
    ];
    for (const [method, params] of requests) {
      const { task: _, ...plain } = params;
      const answer = await client.request({ method, params }, ANYTHING);
      assert.deepEqual(answer, await client.request({ method, params: plain }, ANYTHING), JSON.stringify(params));
    }
    await server.untilRequests(2 * requests.length, ({ outcome }) => outcome === "success");
  });
}

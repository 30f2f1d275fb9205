/** The rows of the outcome table that only prompts, resources and unknown methods reach; on both transports. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { z } from "zod";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type Emissions, runServer, runStdio } from "../../test/support/running-server.ts";

const FIXTURE = "server/test/fixture-server.ts";
const ANYTHING = z.object({}).loose();

interface Row {
  readonly title: string;
  readonly request: (client: Client) => Promise<unknown>;
  readonly span: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly code?: string;
  readonly errorType?: string;
  readonly errorClass?: string;
}

const ROWS: readonly Row[] = [
  {
    title: "a prompt's handler that throws is the server's own fault",
    request: (client) => client.getPrompt({ name: "broken", arguments: { name: "x" } }),
    span: "prompts/get broken",
    outcome: "error",
    code: "-32603",
    errorType: "-32603",
    errorClass: "unknown",
  },
  {
    title: "an unknown prompt is the caller's fault",
    request: (client) => client.getPrompt({ name: "invented", arguments: {} }),
    span: "prompts/get _OTHER",
    outcome: "rejected",
    reason: "unknown_prompt",
    code: "-32602",
  },
  {
    title: "an unknown method is the caller's fault",
    request: (client) => client.request({ method: "invented/method" }, ANYTHING),
    span: "_OTHER",
    outcome: "rejected",
    reason: "unknown_method",
    code: "-32601",
  },
  {
    title: "a resource that is not found is the caller's fault",
    request: (client) => client.readResource({ uri: "note://store/gone" }),
    span: "resources/read",
    outcome: "rejected",
    reason: "unknown_resource",
    code: "-32002",
  },
  {
    title: "a call as a task, which the tool does not support, is the caller's fault",
    request: (client) =>
      client.request({ method: "tools/call", params: { name: "echo", arguments: { value: "x" }, task: {} } }, ANYTHING),
    span: "tools/call echo",
    outcome: "rejected",
    reason: "unsupported_task",
    code: "-32603",
  },
  {
    title: "a request as a task, which no server supports, is the caller's fault",
    request: (client) => client.request({ method: "tools/list", params: { task: { ttl: 5 } } }, ANYTHING),
    span: "tools/list",
    outcome: "rejected",
    reason: "unsupported_task",
    code: "-32603",
  },
  {
    title: "params that a method's schema does not allow are the caller's fault",
    request: (client) => client.request({ method: "tools/list", params: { cursor: 5 } }, ANYTHING),
    span: "tools/list",
    outcome: "rejected",
    reason: "invalid_params",
    code: "-32603",
  },
  {
    title: "a URI that is none is the caller's fault",
    request: (client) => client.readResource({ uri: "not a uri" }),
    span: "resources/read",
    outcome: "rejected",
    reason: "invalid_params",
    code: "-32603",
  },
  {
    title: "a URI that is too long is the caller's fault",
    request: (client) => client.readResource({ uri: `note://store/${"a".repeat(1_000_001)}` }),
    span: "resources/read",
    outcome: "rejected",
    reason: "invalid_params",
    code: "-32603",
  },
  {
    title: "a prompt's argument that is missing is the caller's fault",
    request: (client) => client.getPrompt({ name: "greet", arguments: {} }),
    span: "prompts/get greet",
    outcome: "rejected",
    reason: "invalid_arguments",
    code: "-32602",
  },
  {
    title: "a resource that is not registered is the caller's fault",
    request: (client) => client.readResource({ uri: "other://store/1" }),
    span: "resources/read",
    outcome: "rejected",
    reason: "unknown_resource",
    code: "-32602",
  },
  {
    title: "a prompt's handler that refuses its params blames the caller",
    request: (client) => client.getPrompt({ name: "broken", arguments: { name: "refused" } }),
    span: "prompts/get broken",
    outcome: "rejected",
    reason: "refused_by_handler",
    code: "-32602",
  },
  {
    title: "a tool that answers with an error is an error",
    request: (client) => client.callTool({ name: "admit", arguments: {} }),
    span: "tools/call admit",
    outcome: "error",
    errorType: "tool_error",
    errorClass: "unknown",
  },
];

async function judged(row: Row, client: Client, server: Emissions, receiver: OtlpReceiver): Promise<void> {
  const seen = server.requests().length;
  await row.request(client).catch(() => {});
  await server.untilRequests(seen + 1, () => true);
  const line = server.requests()[seen];
  assert.equal(line?.outcome, row.outcome);
  assert.equal(line?.reason, row.reason);
  assert.equal(line?.error_class, row.errorClass);
  assert.equal(line?.level, row.outcome === "error" ? "error" : "info");
  const span = await receiver.until((spans) => spans.find(({ spanId }) => spanId === line?.span_id));
  assert.equal(span.name, row.span);
  assert.equal(span.attributes["rpc.response.status_code"], row.code);
  assert.equal(span.attributes["error.type"], row.errorType);
  assert.equal(span.attributes["mcp.rejection.reason"], row.reason);
  assert.equal(span.status, row.errorType === undefined ? 0 : 2);
}

for (const transport of ["http", "stdio"]) {
  test(`over ${transport}`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const server = transport === "http" ? await runServer(own, FIXTURE) : await runStdio(own, FIXTURE);
    t.after(() => server.stop());
    const client = typeof server.client === "function" ? await server.client() : server.client;
    await server.line(({ method }) => method === "notifications/initialized");
    for (const row of ROWS) await t.test(row.title, () => judged(row, client, server, receiver));
    await client.close();
  });
}

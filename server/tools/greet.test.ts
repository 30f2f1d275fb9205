import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type ElicitRequest,
  ElicitRequestSchema,
  type ElicitResult,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import { type Observed, observedServer } from "../../test/support/observed-server.ts";

const NAME = "a name that stays here";
const calls = (status: string) => `mcp_tool_calls_total{tool_name="greet",status="${status}",transport="http"}`;

/** Calls the tool with a client that answers so. @returns the result and what the client was asked */
async function greet({ client }: Observed, answer: () => ElicitResult) {
  const asked: ElicitRequest["params"][] = [];
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked.push(params);
    return answer();
  });
  return { result: await client.callTool({ name: "greet", arguments: { salutation: "Good morning" } }), asked };
}

const lineOf = async ({ server }: Observed) =>
  (await server.untilRequests(1, ({ tool_name }) => tool_name === "greet"))[0];

test("greet asks for the name; call and question are spans of one trace, and the name is nowhere", async (t) => {
  const observed = await observedServer(t);
  const { receiver, server } = observed;
  const { result, asked } = await greet(observed, () => ({ action: "accept", content: { name: NAME } }));
  assert.deepEqual(result.structuredContent, { greeting: `Good morning, ${NAME}!` });
  assert.deepEqual(
    asked.map(({ _meta, ...params }) => params),
    [
      {
        message: "Good morning! What is your name?",
        requestedSchema: {
          type: "object",
          properties: { name: { type: "string", minLength: 1, maxLength: 100 } },
          required: ["name"],
        },
      },
    ],
  );
  const line = await lineOf(observed);
  const call = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call greet"));
  const question = await receiver.until((spans) => spans.find(({ name }) => name === "elicitation/create"));
  assert.equal(question.kind, 3);
  assert.equal(question.parentSpanId, call.spanId);
  assert.equal(line?.outcome, "success");
  assert.equal(line?.trace_id, call.traceId);
  assert.equal(await server.metric(calls("success")), 1);
  assert.ok(!`${server.text()}${JSON.stringify(receiver.spans)}${await server.metrics()}`.includes(NAME));
});

test("greet works without a name when the user declines", async (t) => {
  const observed = await observedServer(t);
  const { result } = await greet(observed, () => ({ action: "decline" }));
  assert.deepEqual(result.structuredContent, { greeting: "Good morning, stranger!" });
});

const UNUSABLE: readonly [title: string, answer: () => ElicitResult, message: RegExp][] = [
  ["an answer that does not fit", () => ({ action: "accept", content: { name: 1 } }), /does not fit its schema/],
  [
    "a client that fails to answer",
    () => {
      throw new McpError(-32603, NAME);
    },
    /did not answer/,
  ],
];
for (const [title, answer, message] of UNUSABLE) {
  test(`${title} is the caller's fault`, async (t) => {
    const observed = await observedServer(t);
    const { result } = await greet(observed, answer);
    assert.equal(result.isError, true);
    assert.match(JSON.stringify(result.content), message);
    assert.equal((await lineOf(observed))?.outcome, "rejected");
    assert.equal(await observed.server.metric(calls("rejected")), 1);
  });
}

test("a client that cannot ask its user is told what it needs", async (t) => {
  const observed = await observedServer(t);
  const client = new Client({ name: "cannot-ask", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(observed.server.url) as Transport);
  t.after(() => client.close());
  const result = await client.callTool({ name: "greet", arguments: {} });
  assert.match(JSON.stringify(result.content), /needs the capability elicitation/);
  assert.equal((await lineOf(observed))?.outcome, "rejected");
});

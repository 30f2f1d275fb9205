/** What is recorded of many errors becomes a short answer: one cause for errors that differ in a number, and no long text. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { newRecorder } from "./recorder.ts";
import { inspector } from "./serve.ts";

/** @param messages of the errors of calls, the oldest first @returns the text of a tool's answer */
async function answer(t: TestContext, messages: readonly string[], tool: string, args: object = {}): Promise<string> {
  const recorder = newRecorder();
  const lines = recorder.tap({ write: () => {}, dropped: () => 0, end: async () => {} });
  for (const [i, message] of messages.entries()) {
    const request = { method: "tools/call", tool_name: "add", trace_id: "t", span_id: `s${i}`, duration_ms: 1 };
    const line = {
      level: "error",
      time: new Date().toISOString(),
      ...request,
      outcome: "error",
      error_class: "unknown",
    };
    lines.write(`${JSON.stringify({ ...line, err: { type: "Error", message }, msg: "request" })}\n`);
  }
  const answers = inspector({ recorder, service: "mcp-server", definitionBytes: () => undefined }, undefined);
  const server = createServer((request, response) => {
    answers(request, response, new URL(request.url ?? "", "http://x"));
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/inspect/mcp`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: args } }),
  });
  const { result } = (await response.json()) as { result: { content: [{ text: string }] } };
  return result.content[0].text;
}

test("errors that differ in numbers and ids only have one cause, and the newest of them is the example", async (t) => {
  const messages = [
    "port 4001 is closed",
    "no such item",
    "port 4002 is closed",
    "9c5e75df-2380-49f7-91ce-fa4e20df0b13 is gone",
    "0b13fa4e-0000-49f7-91ce-9c5e75df2380 is gone",
    "port 4003 is closed",
  ];
  const { causes } = JSON.parse(await answer(t, messages, "explain_errors"));
  assert.deepEqual(
    causes.map(({ count, error, example }: Record<string, Record<string, string>>) => [
      count,
      error?.message,
      example?.span_id,
    ]),
    [
      [3, "port 4003 is closed", "s5"],
      [2, "0b13fa4e-0000-49f7-91ce-9c5e75df2380 is gone", "s4"],
      [1, "no such item", "s1"],
    ],
  );
});

test("a long text is cut", async (t) => {
  for (const [tool, args] of [
    ["explain_errors", {}],
    ["get_trace", { trace_id: "t" }],
  ] as const) {
    const text = await answer(t, ["x".repeat(100_000)], tool, args);
    assert.ok(text.length < 3000 && text.includes("xxx…"), `${tool}: ${text.length}`);
  }
});

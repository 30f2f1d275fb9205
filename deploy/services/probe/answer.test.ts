/** The log line of a failed probe says what a target answered instead of MCP, without a word of its body. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, event, fakeServer, raw, status } from "./test/fake-server.ts";
import { probing } from "./test/probing.ts";

const HTML = "<!doctype html><p>secret";

for (const [title, answer, detail] of [
  ["an HTML page", raw("text/html; charset=utf-8", HTML), "HTTP 200, text/html: an HTML page"],
  ["an HTML page called JSON", raw("application/json", HTML), "HTTP 200, application/json: an HTML page"],
  ["text", raw("text/plain", "secret"), "HTTP 200, text/plain: not JSON"],
  ["text called JSON", raw("application/json", "secret"), "HTTP 200, application/json: not JSON"],
  ["nothing called JSON", raw("application/json", ""), "HTTP 200, application/json: empty"],
  ["spaces called JSON", raw("application/json", " \n"), "HTTP 200, application/json: empty"],
  ["nothing at all", (response) => response.end(), "HTTP 200, no content type: empty"],
  ["status 204", (response) => response.writeHead(204).end(), "HTTP 204, no content type: empty"],
  [
    "JSON that is not JSON-RPC",
    raw("application/json", '{"secret":1}'),
    "HTTP 200, application/json: JSON that is not JSON-RPC",
  ],
  ["an event that is not JSON", raw("text/event-stream", "data: secret\n\n"), "HTTP 200, text/event-stream: not JSON"],
  [
    "an event that is not JSON-RPC",
    raw("text/event-stream", 'data: {"secret":1}\n\n'),
    "HTTP 200, text/event-stream: JSON that is not JSON-RPC",
  ],
  ["an error page", status(502), "HTTP 502, text/html"],
  ["an invalid content type", raw("secret", "secret"), "HTTP 200, an invalid content type: not JSON"],
  ["an invalid status", status(999), "HTTP 999, which is no valid status"],
] as const satisfies readonly (readonly [string, Answer, string])[]) {
  for (const method of ["initialize", "tools/list", "tools/call"]) {
    test(`${title}, as the answer to ${method}`, async () => {
      const target = probing((await fakeServer({ [method]: answer })).url);
      await target.probe();
      assert.equal(target.lines[0]?.detail, detail);
      assert.doesNotMatch(JSON.stringify(target.lines), /secret/);
    });
  }
}

test("progress for an unknown token, an unknown notification and a log message do not fail a probe", async () => {
  const strange = [
    event({ method: "notifications/progress", params: { progressToken: "unknown", progress: 1 } }),
    event({ method: "notifications/unknown" }),
    event({ method: "notifications/message", params: { level: "info", data: "hello" } }),
  ];
  const answer: Answer = (response, { id }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const content = [{ type: "text", text: "the sum is 3" }];
    response.end(strange.join("") + event({ id, result: { content, structuredContent: { sum: 3 } } }));
  };
  const target = probing((await fakeServer({ "tools/call": answer })).url);
  await target.probe();
  assert.deepEqual(target.lines, []);
  assert.deepEqual(await target.steps(), [1, 1, 1, 1, 1]);
});

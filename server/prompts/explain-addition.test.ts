import assert from "node:assert/strict";
import { test } from "node:test";
import { observedServer } from "../../test/support/observed-server.ts";

const NAME = "explain_addition";

test("the prompt has its argument in its text, and leaves one span, one line and one sample", async (t) => {
  const { receiver, server, client } = await observedServer(t);
  const { messages } = await client.getPrompt({ name: NAME, arguments: { language: "French" } });
  assert.match(JSON.stringify(messages), /Explain in French/);
  const [line] = await server.untilRequests(1, ({ method }) => method === "prompts/get");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === `prompts/get ${NAME}`));
  assert.equal(line?.outcome, "success");
  assert.equal(line?.trace_id, span.traceId);
  assert.equal(span.attributes["gen_ai.prompt.name"], NAME);
  const metrics = await server.metrics();
  const [sample = ""] = /^mcp_server_operation_duration_seconds_count\{.*explain_addition.*$/m.exec(metrics) ?? [];
  assert.match(sample, / 1$/);
});

test("its language is completed while the user types, which leaves a span and a line", async (t) => {
  const { receiver, server, client } = await observedServer(t);
  const { completion } = await client.complete({
    ref: { type: "ref/prompt", name: NAME },
    argument: { name: "language", value: "p" },
  });
  assert.deepEqual(completion.values, ["Portuguese"]);
  const [line] = await server.untilRequests(1, ({ method }) => method === "completion/complete");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "completion/complete"));
  assert.equal(line?.outcome, "success");
  assert.equal(line?.trace_id, span.traceId);
});

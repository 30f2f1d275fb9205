import assert from "node:assert/strict";
import { test } from "node:test";
import { observedServer } from "../../test/support/observed-server.ts";

const TEMPLATE = "times-table://{number}";

test("a times table is read by its URI, and leaves one span, one line and one sample", async (t) => {
  const { receiver, server, client } = await observedServer(t);
  const { resourceTemplates } = await client.listResourceTemplates();
  assert.deepEqual(
    resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    [TEMPLATE],
  );
  const { contents } = await client.readResource({ uri: "times-table://7" });
  assert.match(String(contents[0] && "text" in contents[0] && contents[0].text), /^1 × 7 = 7\n.*\n10 × 7 = 70$/s);
  const [line] = await server.untilRequests(1, ({ method }) => method === "resources/read");
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "resources/read"));
  assert.equal(line?.outcome, "success");
  assert.equal(line?.trace_id, span.traceId);
  // What a caller puts into a template may be confidential.
  assert.equal(span.attributes["mcp.resource.uri"], TEMPLATE);
  const [sample = ""] =
    /^mcp_server_operation_duration_seconds_count\{.*"resources\/read".*$/m.exec(await server.metrics()) ?? [];
  assert.match(sample, / 1$/);
});

test("a URI that is no URL is the caller's fault", async (t) => {
  const { server, client } = await observedServer(t);
  await assert.rejects(client.readResource({ uri: "no url" }), { code: -32602 });
  const [line] = await server.untilRequests(1, ({ method }) => method === "resources/read");
  assert.equal(line?.outcome, "rejected");
});

test("a table that does not exist is the caller's fault", async (t) => {
  const { server, client } = await observedServer(t);
  await assert.rejects(client.readResource({ uri: "times-table://no-number" }), { code: -32002 });
  const [line] = await server.untilRequests(1, ({ method }) => method === "resources/read");
  assert.equal(line?.outcome, "rejected");
  assert.ok(!server.text().includes("no-number"));
});

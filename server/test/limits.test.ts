/** Whatever a caller sends, spans and log lines stay small. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";

const LONG = "x".repeat(3_000_000);
const MAX_BYTES = 8000;
const TRACEPARENT = "00-11111111111111111111111111111111-1111111111111111-01";

test("values of megabytes make spans and lines of at most 8 kB", async (t) => {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, "server/test/fixture-server.ts");
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  const client = await server.client(undefined, LONG);
  const said = Buffer.from(LONG.slice(0, 2_000_000)).toString("base64");
  const half = LONG.slice(0, LONG.length / 2);
  const context = { traceparent: TRACEPARENT, tracestate: `vendor=${half}`, baggage: `agent.run_id=${half}` };
  const calls: readonly (() => Promise<unknown>)[] = [
    () => client.readResource({ uri: `note://store/${LONG}` }),
    () => client.readResource({ uri: `data:,${LONG}` }),
    () => client.getPrompt({ name: LONG }),
    () => client.callTool({ name: LONG }),
    () => client.callTool({ name: "say", arguments: { base64: said } }),
    () => client.callTool({ name: "ask", arguments: {}, _meta: context }),
    () => client.request({ method: LONG }, z.unknown()),
    () =>
      fetch(server.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-session-id": client.transport?.sessionId ?? "",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: LONG, method: "ping" }),
      }).then((answer) => answer.text()),
  ];
  for (const call of calls) await call().catch(() => {});
  await server.untilRequests(calls.length + 2, () => true);
  await client.close();
  await server.stop();

  assert.ok(receiver.spans.filter(({ kind }) => kind === 2).length >= calls.length, "each request has a span");
  assert.deepEqual(
    receiver.spans
      .map((span) => [span.name, JSON.stringify(span).length])
      .filter(([, size]) => Number(size) > MAX_BYTES),
    [],
  );
  assert.ok(receiver.bodies.every((body) => body.length < MAX_BYTES * receiver.spans.length));
  assert.ok(!Buffer.concat(receiver.bodies).includes("vendor="));
  assert.ok(server.lines().length > calls.length);
  for (const line of server.lines())
    assert.ok(JSON.stringify(line).length <= MAX_BYTES, JSON.stringify(line).slice(0, 200));
});

test("a client's name, a URI and the baggage each have a limit of their own", async (t) => {
  const receiver = await otlpReceiver();
  const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, MCP_TRUST_REMOTE_PARENT: "always" };
  const server = await runServer(own, "server/test/fixture-server.ts");
  t.after(async () => {
    await server.stop();
    await receiver.close();
  });
  const client = await server.client(undefined, LONG.slice(0, 1000));
  for (const length of [100, 3000]) await client.readResource({ uri: `note://store/${LONG.slice(0, length)}` });
  const context = { traceparent: TRACEPARENT, baggage: `agent.run_id=${LONG.slice(0, 3000)}` };
  await client.callTool({ name: "bare", _meta: context });
  await client.close();
  await server.stop();

  const started = await server.line(({ msg }) => msg === "session started");
  assert.equal(String(started.client_name).length, 64);
  const call = receiver.spans.find(({ name }) => name === "tools/call bare");
  assert.equal(String(call?.attributes["agent.run_id"]).length, 64);
  assert.deepEqual(
    receiver.spans.flatMap(({ attributes }) => attributes["mcp.resource.uri"] ?? []),
    ["note://store/{id}", "_OTHER"],
  );
});

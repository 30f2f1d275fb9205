/** Every method and notification, both transports, both directions; and nothing stays pending. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type Emissions, runServer, runStdio } from "../../test/support/running-server.ts";

const FIXTURE = "server/test/fixture-server.ts";
const ANYTHING = z.object({}).loose();

interface Subject extends Emissions {
  readonly client: Client;
  stop(): Promise<unknown>;
}

/** The fixture over either transport, with one client that answers sampling requests. */
async function subject(transport: string, own: Record<string, string>): Promise<Subject> {
  const server = transport === "http" ? await overHttp(own) : await runStdio(own, FIXTURE);
  const { client } = server;
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    model: "test-model",
    role: "assistant",
    content: { type: "text", text: "!" },
  }));
  return {
    ...server,
    client,
    async stop() {
      await client.close();
      return server.stop();
    },
  };
}

async function overHttp(own: Record<string, string>) {
  const server = await runServer(own, FIXTURE);
  return { ...server, client: await server.client() };
}

for (const transport of ["http", "stdio"]) {
  test(`over ${transport}, every request and notification is a SERVER span, and those it sends are CLIENT spans`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const { client, stop } = await subject(transport, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    t.after(stop);
    await client.listTools();
    await client.ping();
    await client.callTool({ name: "echo", arguments: { value: "x" } });
    await client.callTool({ name: "ask", arguments: {} });
    await client.listPrompts();
    await client.getPrompt({ name: "greet", arguments: { name: "x" } });
    await client.readResource({ uri: "note://user:password@store/1?token=x#y" }).catch(() => {});
    await client.readResource({ uri: "note://store/1" });
    await client.request({ method: "no/such" }, ANYTHING).catch(() => {});
    await client.sendRootsListChanged();

    const ask = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call ask"));
    const sampling = await receiver.until((spans) => spans.find(({ name }) => name === "sampling/createMessage"));
    await receiver.until((spans) => spans.find(({ name }) => name === "notifications/roots/list_changed"));
    const server = receiver.spans.filter(({ kind }) => kind === 2).map(({ name }) => name);
    assert.deepEqual(server.toSorted(), [
      "_OTHER",
      "initialize",
      "notifications/initialized",
      "notifications/roots/list_changed",
      "ping",
      "prompts/get greet",
      "prompts/list",
      "resources/read",
      "resources/read",
      "tools/call ask",
      "tools/call echo",
      "tools/list",
    ]);
    assert.equal(sampling.kind, 3);
    assert.equal(sampling.parentSpanId, ask.spanId);
    const read = receiver.spans.filter(({ name }) => name === "resources/read");
    assert.deepEqual(
      read.map(({ attributes }) => attributes["mcp.resource.uri"]),
      ["_OTHER", "note://store/{id}"],
    );
  });

  test(`over ${transport}, a soak that aborts one call in three ends with nothing pending`, async (t) => {
    const { client, untilRequests, untilMetric, metrics, stop } = await subject(transport, {});
    t.after(stop);
    const abort = new AbortController();
    const { signal } = abort;
    const call = (ms: number, options?: RequestOptions) =>
      client.callTool({ name: "wait", arguments: { ms } }, undefined, options);
    const calls = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? call(20_000, { signal }) : call(50)));
    await Promise.all(calls.filter((_, index) => index % 3 !== 0));
    // Not before they are all there: a cancellation that overtakes its request has nothing to cancel.
    await untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 100);
    abort.abort("enough");
    const settled = await Promise.allSettled(calls);
    assert.equal(settled.filter(({ status }) => status === "rejected").length, 100);
    await untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
    const lines = await untilRequests(300, ({ tool_name }) => tool_name === "wait");
    assert.equal(lines.filter(({ outcome }) => outcome === "cancelled").length, 100);
    assert.equal(lines.filter(({ outcome }) => outcome === "success").length, 200);
    assert.doesNotMatch(await metrics(), /^mcp_requests_in_flight.* [1-9]/m);
  });
}

test("an answer that nobody takes any more is cancelled, and its handler was not aborted", async (t) => {
  const { client, untilRequests, untilMetric, stop } = await subject("http", {});
  t.after(stop);
  client.callTool({ name: "wait", arguments: { ms: 2000 } }).catch(() => {});
  await untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  await client.close();
  await untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  const [line] = await untilRequests(1, ({ tool_name }) => tool_name === "wait");
  assert.equal(line?.outcome, "cancelled");
  assert.ok(Number(line?.duration_ms) >= 1990, `the handler was cut after ${line?.duration_ms} ms`);
});

test("a request id used twice at once leaves nothing pending", async (t) => {
  const server = await runServer({}, FIXTURE);
  t.after(() => server.stop());
  const client = await server.client();
  const sessionId = String(client.transport?.sessionId);
  const call = () =>
    fetch(server.url, {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-session-id": sessionId,
      },
      body: '{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"wait","arguments":{"ms":100}}}',
      signal: AbortSignal.timeout(5000),
    }).catch(() => {});
  await Promise.all([call(), call()]);
  await server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  await server.untilRequests(2, ({ tool_name }) => tool_name === "wait");
  await client.close();
});

test("what a session leaves pending ends with it", async (t) => {
  const { client, untilRequests, untilMetric, line, stop } = await subject("http", {});
  t.after(stop);
  client.callTool({ name: "wait", arguments: { ms: 60_000 } }).catch(() => {});
  await untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1);
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await line(({ msg }) => msg === "session ended");
  await untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 0);
  const [call] = await untilRequests(1, ({ tool_name }) => tool_name === "wait");
  assert.equal(call?.outcome, "cancelled");
});

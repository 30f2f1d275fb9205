/** A proxy in front of servers that others wrote. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { spawnChild } from "../../test/support/children.ts";
import { FOREIGN_SERVERS, type ForeignServer, missing, seen } from "../../test/support/foreign-servers.ts";
import { freePort } from "../../test/support/free-port.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

const SECRET = "canary-hunter2-vermilion";

/** @returns its URL, when it answers */
async function started(t: TestContext, { http }: ForeignServer): Promise<URL> {
  const port = await freePort();
  const {
    command: [program, ...args],
    env,
  } = http(port);
  const child = spawnChild(program, args, { stdio: "ignore", env: { ...process.env, ...env } });
  t.after(() => child.kill("SIGKILL"));
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  await until(async () => (await fetch(url).catch(() => undefined)) !== undefined, "an answer");
  return url;
}

async function clientOf(url: URL): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(url) as Transport);
  return client;
}

for (const server of FOREIGN_SERVERS) {
  test(`${server.name}: a client sees the same with and without, and each call is observed`, async (t) => {
    const skipped = await missing(server);
    if (skipped !== undefined) return t.skip(skipped);
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const url = await started(t, server);
    const direct = await clientOf(url);
    const expected = await seen(direct, SECRET);
    await direct.close();
    const proxy = await runServer({ MCP_UPSTREAM: url.href, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    t.after(() => proxy.stop());
    const client = await clientOf(proxy.url);
    assert.deepEqual(await seen(client, SECRET), expected);
    const [line] = await proxy.untilRequests(1, ({ tool_name }) => tool_name === "echo");
    const exposed = await proxy.metrics();
    assert.match(exposed, /^mcp_tool_calls_total\{tool_name="echo",status="success",transport="http"\} 1/m);
    await client.close();
    const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call echo"));
    assert.equal(span.traceId, line?.trace_id);
    assert.equal(
      [exposed, proxy.text(), ...receiver.bodies].some((said) => said.includes(SECRET)),
      false,
    );
  });
}

/** Adds the telemetry to a bare server on the SDK and Express, as docs/recipes/lift-the-telemetry.md describes. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { follow, program } from "./follow.ts";

test("the server of the recipe emits calls, rejections, and its last span when it ends", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "lifted-"));
  const receiver = await otlpReceiver();
  t.after(async () => {
    await receiver.close();
    rmSync(folder, { recursive: true });
  });
  await program(folder, "a project of its own", "git", ["init", "--quiet"]);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await follow("docs/recipes/lift-the-telemetry.md", folder, [], { TEMPLATE: ROOT });

  const [port, metricsPort] = [await freePort(), await freePort()];
  const server = spawnChild(process.execPath, ["--import", "mcp-telemetry/register", "server.ts"], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      MCP_PORT: String(port),
      METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
  });
  server.stderr.pipe(process.stderr);
  t.after(() => server.kill("SIGKILL"));
  await once(server.stdout, "data");

  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(url) as Transport);
  const answer = await client.callTool({ name: "shout", arguments: { text: "hello" } });
  assert.deepEqual(answer.content, [{ type: "text", text: "HELLO" }]);
  const rejected = await fetch(url, { method: "POST", body: "{}", headers: { "mcp-session-id": "nobody's" } });
  assert.equal(rejected.status, 404);
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  assert.match(metrics, /mcp_tool_calls_total\{tool_name="shout",status="success",transport="http"\} 1/);
  assert.match(metrics, /mcp_http_rejections_total\{reason="unknown_session"\} 1/);

  server.kill("SIGTERM");
  assert.deepEqual(await once(server, "exit"), [0, null]);
  assert.ok(receiver.spans.some(({ name }) => name === "tools/call shout"));
  await client.close();
});

/** The lines of telemetry/README.md, wired into a server that is not this project's, exactly as printed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PRELOAD = ["--import", "mcp-telemetry/register"];

/** A folder with the README's files in it. */
function foreignProject(t: TestContext): string {
  mkdirSync(join(ROOT, ".run"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".run", "foreign-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const readme = readFileSync(join(ROOT, "server", "telemetry", "README.md"), "utf8");
  for (const [, block] of readme.matchAll(/```ts\n([\s\S]*?)```/g)) {
    const name = /^\/\/ (\S+)/.exec(block ?? "")?.[1];
    assert.ok(name, "each block names its file");
    writeFileSync(join(folder, name), block ?? "");
  }
  return folder;
}

async function shouts(client: Client, transport: Transport, receiver: OtlpReceiver): Promise<void> {
  await client.connect(transport);
  const answer = await client.callTool({ name: "shout", arguments: { text: "hello" } });
  assert.deepEqual(answer.content, [{ type: "text", text: "HELLO" }]);
  const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call shout"));
  assert.equal(span.kind, 2);
}

test("the printed lines observe a foreign server over stdio", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const env = { PATH: process.env.PATH ?? "", METRICS_PORT: "0", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...PRELOAD, "main.ts"],
    cwd: foreignProject(t),
    env,
    stderr: "pipe",
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  t.after(() => client.close());
  await shouts(client, transport, receiver);
});

test("the printed lines observe a foreign server over HTTP", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const port = await freePort();
  const env = { METRICS_PORT: "0", MCP_PORT: String(port), OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const child = spawnChild(process.execPath, [...PRELOAD, "http.ts"], {
    cwd: foreignProject(t),
    env: { PATH: process.env.PATH, ...env },
  });
  child.stderr.pipe(process.stderr);
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const client = new Client({ name: "test", version: "1.0.0" });
  t.after(() => client.close());
  await shouts(client, new StreamableHTTPClientTransport(url) as Transport, receiver);
});

test("no file of the telemetry imports anything from outside its folder", () => {
  const telemetry = join(ROOT, "server", "telemetry");
  const files = readdirSync(telemetry, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const name of files) {
    const file = join(telemetry, name);
    for (const [, specifier] of readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g)) {
      const path = relative(telemetry, join(file, "..", specifier ?? ""));
      assert.ok(!path.startsWith(".."), `${relative(ROOT, file)} imports ${specifier}`);
    }
  }
});

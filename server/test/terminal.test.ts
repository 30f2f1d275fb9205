/** What a caller sends cannot control the terminal on which the log is read. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { spawnChild } from "../../test/support/children.ts";
import { testEnvironment } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

const FIXTURE = `${process.execPath} --import ./server/telemetry/register.ts server/test/fixture-server.ts`;

test("the log on a terminal shows the code of a control character", async (t) => {
  if (spawnSync("script", ["--version"]).status !== 0) return t.skip("not verified: `script` is not installed");
  const child = spawnChild("script", ["-qfec", FIXTURE, "/dev/null"], { env: testEnvironment(), group: true });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  t.after(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"));
  const url = await until(
    () => /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(text)?.[0],
    () => text,
  );
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
  const base64 = Buffer.from("title\u001b]0;chosen\u0007 \u202edesrever\r\u009b2J end").toString("base64");
  await client.callTool({ name: "say", arguments: { base64 } });
  await until(
    () => /tools\/call/.test(text.split(" end").at(-1) ?? ""),
    () => text,
  );
  await client.close();
  assert.match(text, /title\\u001b\]0;chosen\\u0007/);
  for (const hidden of ["\u001b]0;", "\u0007", "\u202e", "\u009b"]) assert.ok(!text.includes(hidden));
});

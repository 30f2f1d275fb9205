/** `/metrics` answers in the format that the scraper asks for, and Prometheus' own tool reads both. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const PROMETHEUS =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5," +
  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

const ANSWERS = [
  [PROMETHEUS, OPEN],
  ["application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", OPEN],
  ["APPLICATION/OpenMetrics-Text; Version=1.0.0", OPEN],
  ["application/*, text/plain;q=0.5", OPEN],
  ["text/plain;version=0.0.4", TEXT],
  ["application/vnd.google.protobuf;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", TEXT],
  ["application/openmetrics-text;version=1.0.0;q=0.3,text/*;q=0.8", TEXT],
  ["application/openmetrics-text;q=0,*/*", TEXT],
  ["application/openmetrics-text;version=2.0.0", TEXT],
  ["*/*", TEXT],
  ["application/json", TEXT],
  ["", TEXT],
] as const;

/** With a call in it, so that there is an exemplar. */
async function called(): Promise<RunningServer & { close(): Promise<unknown> }> {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const client = await server.client();
  await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
  await client.close();
  return { ...server, close: () => Promise.all([server.stop("SIGKILL"), receiver.close()]) };
}

const promtool = (args: readonly string[], input = "") => spawnSync("promtool", args, { input, encoding: "utf8" });
const skip = promtool(["--version"]).error === undefined ? false : "there is no promtool";

test("the format is the one that the header Accept prefers", async (t) => {
  const server = await called();
  t.after(() => server.close());
  const url = await server.metricsUrl("/metrics");
  for (const [accept, expected] of ANSWERS) {
    const response = await fetch(url, { headers: { accept } });
    assert.equal(response.headers.get("content-type"), expected, accept);
    const body = await response.text();
    assert.equal(body.includes(' # {trace_id="'), expected === OPEN, accept);
    assert.equal(body.endsWith("# EOF\n"), expected === OPEN, accept);
    assert.match(body, /^mcp_tool_calls_total\{/m, accept);
    assert.match(
      body,
      expected === OPEN ? /^# TYPE mcp_tool_calls counter$/m : /^# TYPE mcp_tool_calls_total counter$/m,
    );
  }
});

test("promtool reads both formats", { skip }, async (t) => {
  const server = await called();
  t.after(() => server.close());
  const text = await (await fetch(await server.metricsUrl("/metrics"))).text();
  assert.doesNotMatch(promtool(["check", "metrics"], text).stderr, /parsing error/);
  assert.match(promtool(["check", "metrics"], await server.metrics()).stderr, /parsing error/);

  const folder = mkdtempSync(join(tmpdir(), "mcp-metrics-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "metrics");
  // What is stored as blocks needs timestamps.
  writeFileSync(file, (await server.metrics()).replaceAll(/^(\w+(?:\{.*?\})? \S+)(?= # |$)/gm, "$1 1700000000"));
  const stored = promtool(["tsdb", "create-blocks-from", "openmetrics", file, folder]);
  assert.equal(stored.status, 0, stored.stderr);
});

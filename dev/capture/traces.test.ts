/** What is written down of the traces has the attributes of HTTP that the services emit now, and no other. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProbe } from "../../deploy/services/probe/test/running-probe.ts";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import type { CapturedTraces } from "../../grafana/validation/captured.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer, testEnvironment } from "../../test/support/running-server.ts";

const captured = JSON.parse(readFileSync(join(ROOT, "grafana/captured/traces.json"), "utf8")) as CapturedTraces;
const OF_HTTP = /^(http|url|user_agent|client|network|server)\./;
const ofHttp = (names: Iterable<string>) => [...names].filter((name) => OF_HTTP.test(name)).sort();

test("the captured attributes of HTTP are those that a run emits", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const traced = (service: string) => ({ OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const catalog = await runServer(
    { ...traced("catalog"), MCP_TRACE_HTTP: "1", CATALOG_PORT: String(await freePort()) },
    "deploy/services/catalog/main.ts",
  );
  t.after(() => catalog.stop());
  const server = await runServer(
    { ...traced("mcp-server"), MCP_DEMO: "1", CATALOG_URL: catalog.url.origin },
    "server/main.ts",
  );
  t.after(() => server.stop());
  const target = { name: "it", url: server.url.href, interval: "60s", timeout: "10s" };
  const probe = await runProbe([target], traced("probe"));
  t.after(() => probe.stop());
  await probe.line(({ msg }) => msg === "started");
  const args = ["--import", "./server/telemetry/register.ts", "deploy/services/agent/main.ts"];
  const env = testEnvironment({ ...traced("agent"), MCP_URL: server.url.href, AGENT_RUNS: "1" });
  spawnChild(process.execPath, args, { cwd: ROOT, env }).stdout.resume();

  for (const [service, { span }] of Object.entries(captured.services)) {
    const emitted = () =>
      ofHttp(
        new Set(receiver.spans.filter((one) => one.service === service).flatMap((one) => Object.keys(one.attributes))),
      );
    const all = ofHttp(span);
    await receiver.until(() => emitted().length >= all.length).catch(() => assert.deepEqual(emitted(), all, service));
    assert.deepEqual(emitted(), all, service);
  }
});

/** What ends a service at its start, or later: one `fatal` line, in the shape of the server's, and exit code 1. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { testEnvironment } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";
import { ROOT } from "../stack/settings/environment.ts";

type Own = Readonly<Record<string, string>>;

const taken = createServer().listen(0, "127.0.0.1");
await once(taken, "listening");
const TAKEN = String((taken.address() as AddressInfo).port);

const MAIN: Own = { "mcp-server": "server/main.ts" };
const TOKENS = join(mkdtempSync(join(tmpdir(), "boot-")), "tokens");
writeFileSync(TOKENS, "alice:not-a-hash\n");

function start(service: string, own: Own) {
  const preloads = ["./server/telemetry/register.ts", "./deploy/services/test/crash-preload.ts"];
  const args = [
    ...preloads.flatMap((file) => ["--import", file]),
    MAIN[service] ?? `deploy/services/${service}/main.ts`,
  ];
  return spawnChild(process.execPath, args, {
    cwd: ROOT,
    env: testEnvironment({ OTEL_SERVICE_NAME: service, ...own }),
  });
}

async function ended(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const written = `${stdout}${stderr}`;
  const lines = written.split("\n").filter((line) => line.startsWith("{"));
  return { code, written, fatal: lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "fatal") };
}

const REFUSED: readonly (readonly [service: string, own: Own, message: RegExp])[] = [
  ["agent", { MCP_URL: "nonsense" }, /MCP_URL: expected a URL/],
  ["agent", { AGENT_INTERVAL_MS: "soon" }, /AGENT_INTERVAL_MS: expected a whole number/],
  ["agent", { MCP_ERA: "new" }, /MCP_ERA: expected/],
  ["agent", { METRICS_PORT: TAKEN }, /METRICS_PORT/],
  ["catalog", { CATALOG_PORT: "many" }, /CATALOG_PORT: expected a port/], // demo
  ["catalog", { CATALOG_HOST: "http://x" }, /CATALOG_HOST: expected a host name/], // demo
  ["catalog", { CATALOG_PORT: TAKEN }, /CATALOG_PORT/], // demo
  ["alert-receiver", { ALERT_RECEIVER_PORT: "70000" }, /ALERT_RECEIVER_PORT: expected a port/],
  ["alert-receiver", { ALERT_RECEIVER_PORT: TAKEN }, /ALERT_RECEIVER_PORT/],
  ["mcp-server", { MCP_AUTH_TOKENS_FILE: TOKENS }, /MCP_AUTH_TOKENS_FILE, line 1: expected subject:sha256/],
  ["mcp-server", { MCP_AUTH_TOKENS_FILE: "/nowhere" }, /MCP_AUTH_TOKENS_FILE: cannot read \/nowhere/],
  ["mcp-server", { MCP_ADMIN_TOKEN_FILE: "/nowhere" }, /MCP_ADMIN_TOKEN_FILE: cannot read \/nowhere/],
  ["mcp-server", { MCP_PORT: TAKEN }, /MCP_PORT/],
  ["mcp-server", { MCP_HOST: "192.0.2.1", MCP_ALLOW_ANONYMOUS: "1" }, /MCP_HOST/],
  ["mcp-server", { OTEL_EXPORTER_OTLP_ENDPOINT: "tempo:4318" }, /OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL/],
  ["probe", { PROBE_TARGETS_FILE: "/nowhere" }, /PROBE_TARGETS_FILE: cannot read/],
  ["probe", { METRICS_PORT: TAKEN }, /METRICS_PORT/],
];

const describeVariables = (own: Own): string =>
  Object.entries(own)
    .map(([name, value]) => `${name}=${value.replace(TAKEN, "<taken>").replace(TOKENS, "<no hash>")}`)
    .join(" ");

for (const [service, own, message] of REFUSED) {
  test(`${service} does not start with ${describeVariables(own)}, and says why in one line`, async () => {
    const { code, fatal, written } = await ended(start(service, own));
    assert.equal(code, 1, written);
    assert.equal(fatal.length, 1, written);
    assert.match(fatal[0].msg, message);
    assert.equal(fatal[0].service_name, service);
    assert.doesNotMatch(written, /^ +at /m);
    assert.equal("err" in fatal[0], false);
  });
}

const SERVICES = [
  "agent",
  "catalog", // demo
  "alert-receiver",
];
for (const service of SERVICES) {
  test(`an error that nobody caught ends the ${service} with one fatal line`, async () => {
    const port = String(await freePort());
    const ready = service === "agent" ? "METRICS_PORT" : `${service.toUpperCase().replace("-", "_")}_PORT`;
    const child = start(service, { [ready]: port, MCP_URL: `http://127.0.0.1:${TAKEN}` });
    const end = ended(child);
    const isUp = () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        () => true,
        () => false,
      );
    await until(isUp, service);
    child.kill("SIGUSR2");
    const { code, fatal, written } = await end;
    assert.equal(code, 1, written);
    assert.equal(fatal.length, 1, written);
    assert.equal(fatal[0].msg, "uncaught error");
    assert.match(fatal[0].err.stack, /crash-preload\.ts/);
    assert.doesNotMatch(written, /^ +at |^Node\.js v/m);
  });
}

test.after(() => {
  taken.closeAllConnections();
  taken.close();
});

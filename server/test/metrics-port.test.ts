/** Whom the metrics port answers. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runServer } from "../../test/support/running-server.ts";

/** `fetch` sets `Host` itself. */
const statusWith = (url: URL, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once("error", reject);
  });

test("a request with a foreign Host is refused, counted and logged; an IP address and an allowed name are not", async (t) => {
  const server = await runServer({ METRICS_ALLOWED_HOSTS: "localhost,MCP-Server" });
  t.after(() => server.stop("SIGKILL"));
  for (const path of ["/metrics", "/healthz", "/debug/1"]) {
    assert.equal(await statusWith(await server.metricsUrl(path), "attacker.example:9464"), 403, path);
  }
  const metrics = await server.metricsUrl("/metrics");
  for (const host of ["localhost:9464", "mcp-server:9464", "10.1.2.3:9464", "[fd00::1]:9464"]) {
    assert.equal(await statusWith(metrics, host), 200, host);
  }
  assert.equal(await server.metric('mcp_operator_denials_total{reason="host"}'), 3);
  await server.line(({ msg, reason }) => msg === "request to the metrics port denied" && reason === "host");
});

test("a wrong admin token is counted, logged and answered late", async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), "mcp-")), "admin");
  writeFileSync(file, "the-admin-token\n");
  const server = await runServer({ MCP_ADMIN_TOKEN_FILE: file });
  t.after(() => server.stop("SIGKILL"));
  const url = await server.metricsUrl("/debug/1");
  const began = performance.now();
  const { status } = await fetch(url, { method: "PUT", headers: { authorization: "Bearer guess" } });
  assert.equal(status, 401);
  assert.ok(performance.now() - began >= 990, "the answer came at once");
  assert.equal(await server.metric('mcp_operator_denials_total{reason="token"}'), 1);
  await server.line(({ msg, reason }) => msg === "request to the metrics port denied" && reason === "token");
});

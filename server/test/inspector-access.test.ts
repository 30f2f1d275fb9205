/** The inspector over HTTP: whom it answers, and that off means off. */
import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { runServer } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";

const ON = { MCP_INSPECT: "1" };
const ADD = { name: "add", arguments: { a: 1, b: 1 } };

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** `fetch` sets `Host` itself. */
function ask(url: URL, options: { host?: string; method?: string } = {}): Promise<Answer> {
  const { host = url.host, method = "GET" } = options;
  return new Promise((resolve, reject) => {
    request(url, { method, headers: { host } }, (response) => {
      response.destroy();
      resolve({ status: response.statusCode, headers: response.headers });
    })
      .once("error", reject)
      .end();
  });
}

/** Reports every module of the inspector that the process loads. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({ load(url, context, next) {
    if (url.includes("/telemetry/inspect/")) process.stderr.write("LOADS " + url + "\\n");
    return next(url, context);
  } });
`)}`;

for (const own of [{}, ON]) {
  const on = "MCP_INSPECT" in own;
  test(`${on ? "with MCP_INSPECT=1 the inspector is there" : "by default there is none, and nothing of it is loaded"}`, async (t) => {
    const server = await runServer({ ...own, NODE_OPTIONS: `--import="${WATCH}"` });
    t.after(() => server.stop());
    const client = await server.client();
    await client.callTool(ADD);
    await client.close();
    for (const path of ["/inspect", "/inspect.json", "/inspect/page.css", "/inspect/page.js", "/inspect/live"]) {
      assert.equal((await ask(await server.metricsUrl(path))).status, on ? 200 : 404, path);
    }
    assert.equal((await post(await server.metricsUrl("/inspect/mcp"), PING)).status, on ? 200 : 404);
    assert.equal(server.text().includes("LOADS"), on);
    assert.equal((await ask(await server.metricsUrl("/inspect/other"))).status, 404);
    assert.equal((await ask(await server.metricsUrl("/inspected"))).status, 404);
  });
}

test("it answers a loopback Host only, reads only, and lets no other page at what it says", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const url = await server.metricsUrl("/inspect");
  const hosts = { "localhost:1": 200, "[::1]": 200, "127.0.0.1": 200, LOCALHOST: 200 };
  const refusedHosts = [
    "attacker.example",
    "127.0.0.1.attacker.example",
    "localhost@attacker.example",
    "[::1].x",
    "::1",
  ];
  for (const [host, status] of [...Object.entries(hosts), ...refusedHosts.map((host) => [host, 403] as const)]) {
    for (const path of ["/inspect", "/inspect.json", "/inspect/live", "/inspect/page.js"]) {
      assert.equal((await ask(new URL(path, url), { host })).status, status, `${host} ${path}`);
    }
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const { status, headers } = await ask(url, { method });
    assert.deepEqual([status, headers.allow], [405, "GET, HEAD"], method);
  }
  const { status, headers } = await ask(url, { method: "HEAD" });
  assert.equal(status, 200);
  assert.match(String(headers["content-security-policy"]), /^default-src 'none'; (?!.*unsafe)(?!.*\*)/);
  assert.match(String(headers["content-security-policy"]), /require-trusted-types-for 'script'; trusted-types 'none'$/);
  assert.deepEqual(
    ["x-content-type-options", "referrer-policy", "cross-origin-resource-policy"].map((name) => headers[name]),
    ["nosniff", "no-referrer", "same-origin"],
  );
  assert.equal(headers["access-control-allow-origin"], undefined);
});

const PING = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });

/** Asks the inspector as an MCP client does. @param own headers that replace those of a client */
function post(url: URL, body: string, own: Readonly<Record<string, string>> = {}) {
  const headers = { host: url.host, "content-type": "application/json", ...own };
  return new Promise<Answer & { body: string }>((resolve, reject) => {
    request(url, { method: "POST", headers }, async (response) => {
      const { statusCode: status, headers: answered } = response;
      resolve({ status, headers: answered, body: await text(response) });
    })
      .once("error", reject)
      .end(body);
  });
}

test("as an MCP server it answers a loopback Host, its own origin and messages only", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const url = await server.metricsUrl("/inspect/mcp");
  const cases: readonly (readonly [status: number, body: string, own?: Record<string, string>])[] = [
    [200, PING],
    [200, PING, { origin: url.origin }],
    [403, PING, { origin: "http://attacker.example" }],
    [403, PING, { origin: "http://localhost:3000" }],
    [403, PING, { origin: "null" }],
    [403, PING, { host: "attacker.example" }],
    [403, PING, { host: "attacker.example", origin: "http://attacker.example" }],
    [415, PING, { "content-type": "text/plain" }],
    [415, PING, { "content-type": "application/jsonp" }],
    [400, "{"],
    [400, `[${PING}]`],
    [400, "null"],
    [413, `${PING}${" ".repeat(70_000)}`],
    [202, JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })],
    [202, JSON.stringify({ jsonrpc: "2.0", id: 1, result: {} })],
    [200, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/erase" })],
  ];
  for (const [status, body, own] of cases) {
    const answer = await post(url, body, own);
    assert.equal(answer.status, status, `${body.slice(0, 60)} ${JSON.stringify(own)}`);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
    assert.equal(answer.headers["cache-control"], "no-store");
  }
  for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers } = await ask(url, { method });
    assert.deepEqual([status, headers.allow], [405, "POST"], method);
  }
  const { body } = await post(url, JSON.stringify({ jsonrpc: "2.0", id: "x", method: "tools/erase" }));
  assert.deepEqual(JSON.parse(body), { jsonrpc: "2.0", id: "x", error: { code: -32601, message: "method not found" } });
  const newer = { "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
  const unsupported = await post(
    url,
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { _meta: newer } }),
  );
  assert.deepEqual([unsupported.status, JSON.parse(unsupported.body).error.data.supported], [400, ["2026-07-28"]]);
});

test("of many that look at the same time only some are told what is new, and a place becomes free again", async (t) => {
  const server = await runServer(ON);
  t.after(() => server.stop());
  const url = await server.metricsUrl("/inspect/live");
  const opened = await Promise.all(Array.from({ length: 16 }, () => fetch(url)));
  assert.ok(opened.every(({ status }) => status === 200));
  assert.equal((await fetch(url)).status, 503);
  await opened[0]?.body?.cancel();
  await until(async () => (await ask(url)).status === 200, "a place that becomes free");
  await Promise.all(opened.slice(1).map(({ body }) => body?.cancel()));
});

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;
const skip = outside === undefined && "not verified: this machine has no address but loopback";

test("it answers loopback peers only, whatever the listener is bound to", { skip }, async (t) => {
  const server = await runServer({ ...ON, METRICS_HOST: "0.0.0.0" });
  t.after(() => server.stop());
  const url = await server.metricsUrl("/inspect");
  const asSeenOutside = (path: string) => ask(new URL(path, `http://${outside}:${url.port}`), { host: "localhost" });
  assert.equal((await asSeenOutside("/metrics")).status, 200);
  assert.equal((await asSeenOutside("/inspect/mcp")).status, 403);
  for (const path of ["/inspect", "/inspect.json", "/inspect/live"]) {
    assert.equal((await asSeenOutside(path)).status, 403, path);
    assert.equal((await ask(new URL(path, `http://127.0.0.1:${url.port}`))).status, 200, path);
  }
});

test("an address that is none does not end the process", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const { port } = await server.metricsUrl("/inspect");
  const status = await new Promise((resolve, reject) => {
    request({ port, path: "//" }, (response) => resolve(response.resume().statusCode))
      .once("error", reject)
      .end();
  });
  assert.equal(status, 400);
  assert.equal((await ask(await server.metricsUrl("/healthz"))).status, 200);
});

/** The demo's tools, on the real server with the real catalog. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { freePort } from "../../test/support/free-port.ts";
import { runServer } from "../../test/support/running-server.ts";

async function serve(t: TestContext, own: Record<string, string>) {
  const server = await runServer(own, "server/main.ts");
  const client = await server.client();
  t.after(async () => {
    await client.close();
    await server.stop();
  });
  return client;
}

test("the demo's tools are there with MCP_DEMO=1 and not without it", async (t) => {
  const names = async (own: Record<string, string>) =>
    (await (await serve(t, own)).listTools()).tools.map(({ name }) => name);
  const without = await names({});
  assert.deepEqual(await names({ MCP_DEMO: "1" }), [...without, "lookup_item", "misbehave"]);
});

test("the demo's resource fails in the way that its URI names", async (t) => {
  const server = await runServer({ MCP_DEMO: "1" }, "server/main.ts");
  t.after(() => server.stop());
  const client = await server.client();
  for (const mode of ["error", "no-such-mode"])
    await assert.rejects(client.readResource({ uri: `unreliable://${mode}` }));
  await client.readResource({ uri: "unreliable://slow" });
  const lines = await server.untilRequests(3, ({ resource_uri }) => resource_uri === "unreliable://{mode}");
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ["error", "rejected", "success"],
  );
  assert.ok(Number(lines[2]?.duration_ms) > 2000);
  await client.close();
});

test("lookup_item finds what the catalog has, and nothing else", async (t) => {
  const catalog = await runServer({ CATALOG_PORT: String(await freePort()) }, "deploy/services/catalog/main.ts");
  t.after(() => catalog.stop());
  const client = await serve(t, { MCP_DEMO: "1", CATALOG_URL: catalog.url.origin });
  const found = async (sku: string) =>
    (await client.callTool({ name: "lookup_item", arguments: { sku } })).structuredContent;
  assert.deepEqual(await found("A-1"), { item: { sku: "A-1", name: "anvil", price_usd: 9.5, stock: 0 } });
  assert.deepEqual(await found("B-1"), { item: null });
});

test("lookup_item refuses what is no SKU, and does not ask the catalog", async (t) => {
  let asked = 0;
  const catalog = createServer((_request, response) => {
    asked += 1;
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  t.after(() => catalog.close());
  await once(catalog, "listening");
  const url = `http://127.0.0.1:${(catalog.address() as AddressInfo).port}`;
  const client = await serve(t, { MCP_DEMO: "1", CATALOG_URL: url });
  for (const sku of ["", ".", "..", "../admin", "%2e%2e", "A-1?x", "A-1#x", "\ud800", "\0", "x".repeat(65)]) {
    const answer = await client.callTool({ name: "lookup_item", arguments: { sku } });
    assert.match(JSON.stringify(answer.content), /Input validation error/, JSON.stringify(sku));
  }
  assert.equal(asked, 0);
});

for (const [mode, cause] of [
  ["error", /was asked to fail/],
  ["malformed", /expected string/],
  ["oversized", /is the limit/],
  ["rate_limit", /429/],
] as const) {
  test(`misbehave fails on demand: ${mode}`, async (t) => {
    const client = await serve(t, { MCP_DEMO: "1" });
    const answer = await client.callTool({
      name: "misbehave",
      arguments: { mode, ...(mode === "oversized" && { bytes: 2_000_000 }) },
    });
    assert.equal(answer.isError, true);
    assert.match(JSON.stringify(answer.content), cause);
  });
}

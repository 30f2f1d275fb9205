/** The limits of connections are the variables' own, not those of Node.js. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { scaled, until } from "../../test/support/wait.ts";

const HEAD = "POST /mcp HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\ncontent-type: application/json\r\n";

const open = ({ url }: RunningServer): Socket => connect(Number(url.port), url.hostname).setEncoding("latin1");

/** @returns all that the server sends until it closes the connection */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("error", () => {}).on("close", () => resolve(text));
    socket.on("data", (chunk) => {
      text += chunk;
    });
  });
}

const rejections = (server: RunningServer, reason: string) =>
  server.metric(`mcp_http_rejections_total{reason="${reason}"}`);

test("headers or a body that do not arrive in time are refused once; an idle connection is closed", async (t) => {
  const server = await runServer({
    MCP_HEADERS_TIMEOUT_MS: "300",
    MCP_REQUEST_TIMEOUT_MS: "600",
    MCP_KEEP_ALIVE_MS: "1000",
  });
  t.after(() => server.stop());
  const [headers, body, silent, idle] = [open(server), open(server), open(server), open(server)];
  headers.write(HEAD);
  body.write(`${HEAD}content-length: 10\r\n\r\n{`);
  idle.write(`${HEAD}content-length: 0\r\n\r\n`);
  const texts = await Promise.all([headers, body, silent, idle].map(untilClosed));
  assert.match(texts[0] ?? "", /^HTTP\/1\.1 408 .*"id":null\}$/s);
  assert.match(texts[1] ?? "", /^HTTP\/1\.1 408 .*"id":null\}$/s);
  assert.equal(texts[2], "");
  assert.match(texts[3] ?? "", /^HTTP\/1\.1 400 .*keep-alive: timeout=1\r\n/is);
  assert.equal(await rejections(server, "request_timeout"), 2);
  assert.equal(server.lines().filter(({ msg }) => msg === "request refused").length, 3);
});

for (const [title, own] of [
  ["the limit of headers applies where a request may take longer", { MCP_HEADERS_TIMEOUT_MS: "300" }],
  ["the limit of a request applies to its headers too, where it is shorter", { MCP_REQUEST_TIMEOUT_MS: "300" }],
] as const) {
  test(title, { timeout: scaled(10_000) }, async (t) => {
    const server = await runServer(own);
    t.after(() => server.stop());
    const headers = open(server);
    headers.write(HEAD);
    assert.match(await untilClosed(headers), /^HTTP\/1\.1 408 /);
  });
}

test("a connection above the limit is answered and closed, and the next is served when one has closed", async (t) => {
  const server = await runServer({ MCP_MAX_CONNECTIONS: "2", MCP_MAX_HEADER_BYTES: "2048" });
  t.after(() => server.stop());
  const [first, second] = [open(server), open(server)];
  await Promise.all([once(first, "connect"), once(second, "connect")]);
  const third = open(server);
  third.write(HEAD);
  assert.match(await untilClosed(third), /^HTTP\/1\.1 503 .*retry-after: 5/is);
  assert.equal(await rejections(server, "too_many_connections"), 1);
  first.destroy();
  second.write(`${HEAD}x: ${"x".repeat(3000)}\r\n\r\n`);
  assert.match(await untilClosed(second), /^HTTP\/1\.1 431 /);
  await until(async () => {
    const next = open(server);
    next.write(`${HEAD}connection: close\r\ncontent-length: 0\r\n\r\n`);
    return (await untilClosed(next)).startsWith("HTTP/1.1 400 ");
  }, "no connection was accepted");
});

/** The addresses that the server listens on: IPv6 like IPv4, and errors that name the variable to change. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { listen } from "mcp-telemetry/listen";
import { runServer } from "../../test/support/running-server.ts";

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

test("over IPv6 the printed URLs can be used as they are, and the default host names allow them", {
  skip: !hasIPv6 && "this machine has no ::1",
}, async (t) => {
  const server = await runServer({ MCP_HOST: "::1", METRICS_HOST: "::1" });
  t.after(() => server.stop());
  const [metrics, mcp] = server.lines();
  assert.match(String(metrics?.metrics_url), /^http:\/\/\[::1\]:\d+\/metrics$/);
  assert.match(String(mcp?.url), /^http:\/\/\[::1\]:\d+\/mcp$/);
  const client = await server.client();
  assert.deepEqual((await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })).structuredContent, { sum: 3 });
  assert.equal(await server.metric('mcp_active_sessions{transport="http"}'), 1);
  await client.close();
});

const variables = { host: "MCP_HOST", port: "MCP_PORT" };

for (const { title, host, message } of [
  { title: "an address of another machine", host: "192.0.2.1", message: "192.0.2.1 is not an address of this machine" },
  {
    title: "an IPv6 address of another machine",
    host: "2001:db8::1",
    message: "2001:db8::1 is not an address of this machine",
  },
  { title: "an unknown name", host: "nowhere.invalid", message: "nowhere.invalid is not an address of this machine" },
]) {
  test(`${title} is the fault of the host's variable, not of the port's`, async () => {
    await assert.rejects(listen(createServer(), { host, port: 0, variables }), {
      name: "BootError",
      message: `${message}: set MCP_HOST to another one`,
    });
  });
}

for (const { code, message } of [
  { code: "EADDRINUSE", message: "port 80 on 127.0.0.1 is taken: set MCP_PORT to another one" },
  { code: "EACCES", message: "this user may not listen on port 80 of 127.0.0.1: set MCP_PORT to another one" },
  { code: "EMFILE", message: "cannot listen on port 80 of 127.0.0.1 (EMFILE): see MCP_HOST and MCP_PORT" },
]) {
  test(`${code} is explained`, async () => {
    const server = createServer();
    server.listen = () => {
      process.nextTick(() => server.emit("error", Object.assign(new Error(code), { code })));
      return server;
    };
    await assert.rejects(listen(server, { host: "127.0.0.1", port: 80, variables }), { name: "BootError", message });
  });
}

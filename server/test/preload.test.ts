/** The preload in a program that knows nothing of it, and low-level servers. What others wrote is in dev/package/ and in observe-foreign-commands.test.ts. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { test } from "node:test";
import { clientOf } from "../../test/support/observed-command.ts";

const SECRET = "canary-hunter2-vermilion";
const preloaded = (...args: string[]) =>
  [process.execPath, "--import", "mcp-telemetry/register", ...args] as [string, ...string[]];

test("when the metrics port is taken, a line says so, and each call is observed", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const server = await clientOf(preloaded("server/test/plain-server.ts"), { METRICS_PORT: String(port) });
  await server.client.callTool({ name: "echo", arguments: { value: SECRET } });
  await server.line(({ msg }) => String(msg).startsWith(`metrics are not served: port ${port} on 127.0.0.1 is taken`));
  await server.untilRequests(1, ({ tool_name, outcome }) => tool_name === "echo" && outcome === "success");
  await server.client.close();
});

test("when a variable has an invalid value, a line names it, and the server runs unobserved", async () => {
  const server = await clientOf(preloaded("server/test/plain-server.ts"), { LOG_LEVEL: "loud" });
  const answer = await server.client.callTool({ name: "echo", arguments: { value: "hello" } });
  assert.deepEqual(answer.content, [{ type: "text", text: "hello" }]);
  await server.client.close();
  assert.match(server.text(), /^\[telemetry\] not observed: invalid configuration:\n {2}LOG_LEVEL: /);
  assert.deepEqual(server.lines(), []);
});

test("when the client closes the connection, its session ends as closed, and all is sent", async () => {
  const server = await clientOf(preloaded("server/test/plain-server.ts"));
  await server.client.callTool({ name: "echo", arguments: { value: "hello" } });
  await server.client.close();
  const ended = await server.line(({ msg }) => msg === "session ended");
  assert.equal(ended.end_reason, "transport_closed");
  await server.line(({ msg }) => msg === "telemetry stopped");
});

const UNLISTED = { "": ["_OTHER", "rejected", "unknown_tool"], "--overridden": ["_OTHER", "error", "unknown"] };

for (const [title, option] of [
  ["a low-level Server: what it throws is its own fault, and a name that it does not list the caller's", ""],
  ["a handler in the place of the SDK's own: whatever it throws is its own fault", "--overridden"],
] as const) {
  test(title, async () => {
    const command = preloaded("server/test/low-level-server.ts", option);
    const server = await clientOf(command);
    await server.client.listTools();
    for (const name of ["fail", "no_such_tool"]) {
      await assert.rejects(server.client.callTool({ name, arguments: { value: SECRET } }), { code: -32603 });
    }
    const requests = await server.untilRequests(2, ({ method }) => method === "tools/call");
    assert.deepEqual(
      requests.map(({ tool_name, outcome, reason, error_class }) => [tool_name, outcome, reason ?? error_class]),
      [["fail", "error", "unknown"], UNLISTED[option]],
    );
    assert.equal(
      server.lines().filter(({ msg }) => msg === "request").length,
      requests.length + 3,
      "each has one line",
    );
    await server.client.close();
    assert.doesNotMatch(server.text(), new RegExp(SECRET));
  });
}

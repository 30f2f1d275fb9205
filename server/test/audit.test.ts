/** The audit log: who called a tool that may change something, and nothing of what the call said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer, runStdio } from "../../test/support/running-server.ts";

const FIXTURE = "server/test/fixture-server.ts";
const SECRET = "s3cret-4rgument";
const isAudit = ({ logger }: { readonly logger?: unknown }) => logger === "audit";

test("a call of a tool that may change something has one audit line, with its trace and without its values", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, FIXTURE);
  t.after(() => server.stop());
  const client = await server.client(undefined, "shop");
  await client.callTool({ name: "echo", arguments: { value: SECRET } });
  await client.callTool({ name: "fail", arguments: { value: SECRET } });
  const failed = await server.line((line) => isAudit(line) && line.tool_name === "fail");
  const echoed = server.lines().find((line) => isAudit(line) && line.tool_name === "echo");
  const request = server.lines().find(({ msg, tool_name }) => msg === "request" && tool_name === "echo");

  assert.deepEqual(
    [echoed?.level, echoed?.msg, echoed?.user_id, echoed?.client_name, echoed?.outcome, echoed?.arg_keys],
    ["info", "audit", "anonymous", "shop", "success", ["value"]],
  );
  assert.deepEqual([failed.outcome, failed.error_class], ["error", "unknown"]);
  for (const field of ["trace_id", "span_id", "session_id", "request_id", "duration_ms"]) {
    assert.ok(request?.[field] !== undefined && echoed?.[field] === request[field], field);
  }
  assert.doesNotMatch(JSON.stringify(server.lines().filter(isAudit)), new RegExp(SECRET));
  await client.close();
});

test("a call that only reads, or that never reached its handler, has none", async (t) => {
  const server = await runServer({}, FIXTURE);
  t.after(() => server.stop());
  const client = await server.client();
  await client.callTool({ name: "bare", arguments: {} });
  await client.callTool({ name: "echo", arguments: { value: 7 } });
  await client.callTool({ name: "invented", arguments: {} });
  await client.callTool({ name: "echo", arguments: { value: "x" } });
  await server.line(isAudit);
  assert.equal(server.lines().filter(isAudit).length, 1);
  await client.close();
});

for (const [level, expected] of [
  ["error", 1],
  ["silent", 0],
] as const) {
  test(`with LOG_LEVEL=${level} there are ${expected} audit lines`, async (t) => {
    const server = await runStdio({ LOG_LEVEL: level }, FIXTURE);
    t.after(() => server.stop());
    await server.client.callTool({ name: "echo", arguments: { value: "x" } });
    if (expected > 0) await server.line(isAudit);
    await server.stop();
    assert.equal(server.lines().filter(isAudit).length, expected);
  });
}

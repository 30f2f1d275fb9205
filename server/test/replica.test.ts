/** A server that is one of several replicas names itself in session ids, log lines and the resource of spans. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTelemetryConfig } from "mcp-telemetry/config";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";

const UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const ADD = { name: "add", arguments: { a: 1, b: 1 } };

for (const [own, instance] of [
  [{}, "replica-1"],
  [{ OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=other,deployment.environment.name=test" }, "other"],
] as const) {
  test(`with MCP_REPLICA and ${JSON.stringify(own)}, the session id and the log name the replica, spans ${instance}`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const server = await runServer({
      ...own,
      MCP_REPLICA: "replica-1",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    t.after(() => server.stop("SIGKILL"));
    const client = await server.client();
    await client.callTool(ADD);
    assert.match(client.transport?.sessionId ?? "", new RegExp(`^replica-1\\.${UUID}$`));
    const line = await server.line(({ tool_name }) => tool_name === "add");
    assert.equal(line.replica, "replica-1");
    await receiver.until((spans) => spans.find(({ name }) => name === "tools/call add"));
    const { resourceSpans } = JSON.parse(String(receiver.bodies[0]));
    const named = resourceSpans[0].resource.attributes.filter(
      ({ key }: { key: string }) => key === "service.instance.id",
    );
    assert.deepEqual(named, [{ key: "service.instance.id", value: { stringValue: instance } }]);
    await client.close();
  });
}

test("without MCP_REPLICA, a session id is a UUID, and no line names a replica", async (t) => {
  const server = await runServer();
  t.after(() => server.stop());
  const client = await server.client();
  assert.match(client.transport?.sessionId ?? "", new RegExp(`^${UUID}$`));
  assert.ok(server.lines().every((line) => !("replica" in line)));
  await client.close();
});

test("a name that a router could not read from a session id is refused", () => {
  for (const MCP_REPLICA of ["a.b", "-a", "a b", "a".repeat(64)]) {
    assert.throws(() => readTelemetryConfig({ MCP_REPLICA }), /MCP_REPLICA: expected a host name without dots/);
  }
});

/** Off means off. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runServer } from "../../test/support/running-server.ts";

/** Reports every connection the process opens, and whether the SDK was loaded. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { Socket } from "node:net";
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (...args) {
    process.stderr.write("CONNECTS\\n");
    return connect.apply(this, args);
  };
  process.on("exit", () => {
    const sdk = Object.keys(process.moduleLoadList ?? {}).length >= 0 && globalThis[Symbol.for("opentelemetry.js.api.1")];
    process.stderr.write(sdk?.trace ? "SDK STARTED\\n" : "SDK NOT STARTED\\n");
  });
`)}`;

for (const endpoint of [undefined, ""]) {
  test(`with the endpoint ${endpoint === undefined ? "unset" : "empty"} no SDK is started and no connection opened`, async () => {
    const own = endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    const server = await runServer(own, undefined, ["--import", WATCH]);
    const client = await server.client();
    await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
    await client.callTool({ name: "fault", arguments: { mode: "error" } });
    const [line] = await server.untilRequests(1, ({ tool_name }) => tool_name === "add");
    assert.equal(line?.trace_id, undefined);
    assert.equal(await server.metric("mcp_trace_spans_exported_total"), 0);
    await client.close();
    await server.stop();
    assert.match(server.text(), /SDK NOT STARTED/);
    assert.doesNotMatch(server.text(), /CONNECTS|\[telemetry\]/);
  });
}

test("OTEL_SDK_DISABLED=true is off too", async () => {
  const own = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" };
  const server = await runServer(own, undefined, ["--import", WATCH]);
  await server.stop();
  assert.match(server.text(), /SDK NOT STARTED/);
});

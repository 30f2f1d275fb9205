/** The trace of a failed probe contains the server's spans. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type OtlpReceiver, otlpReceiver } from "../../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../../test/support/running-server.ts";
import { type RunningProbe, runProbe } from "./test/running-probe.ts";

let receiver: OtlpReceiver;
let server: RunningServer;
let probe: RunningProbe;

before(async () => {
  receiver = await otlpReceiver();
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  server = await runServer(tracing);
  const canary = { tool: "fault", arguments: { mode: "error" }, expect: { text: "never" } };
  probe = await runProbe([{ name: "it", url: server.url.href, interval: "10s", timeout: "2s", canary }], tracing);
  await probe.until('mcp_probe_failures_total{target="it",step="tool_call",reason="tool_error"}', 1);
});
after(async () => {
  await Promise.all([probe?.stop(), server?.stop()]);
  await receiver?.close();
});

test("the log line, the probe's spans and the server's span of a failed call share one trace id", async () => {
  const line = await probe.line(({ msg }) => msg === "probe failed");
  const find = (service: string, name: string) =>
    receiver.until((spans) => spans.find((span) => span.service === service && span.name === name));
  const root = await find("probe", "probe it");
  const sent = await find("probe", "tools/call fault");
  const seen = await find("mcp-server", "tools/call fault");

  assert.equal(line.trace_id, root.traceId);
  assert.equal(line.step, "tool_call");
  assert.equal(line.session_id, undefined, "the server was asked without a session");
  assert.deepEqual([root.parentSpanId, root.status], ["", 2]);
  assert.deepEqual(root.attributes, {
    "mcp.probe.target": "it",
    "mcp.probe.step": "tool_call",
    "error.type": "tool_error",
  });
  assert.deepEqual([sent.kind, sent.parentSpanId], [3, root.spanId]);
  assert.deepEqual([seen.kind, seen.traceId, seen.parentSpanId], [2, root.traceId, sent.spanId]);
});

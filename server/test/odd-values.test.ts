/** A call whose tool throws or returns something odd is answered, and has its span, its line and its sample. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type OtlpReceiver, otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { describeError, stackTrace } from "../telemetry/logging/errors.ts";
import { LONG_CAUSES, ODD_VALUES } from "./odd-values.ts";

const REQUEST_TIMEOUT = -32001;
const VALID = new Set(Object.keys(ODD_VALUES).filter((which) => which.endsWith("without a prototype")));

let receiver: OtlpReceiver;
let server: RunningServer;
let client: Client;

before(async () => {
  receiver = await otlpReceiver();
  server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, "server/test/server-with-odd-tools.ts");
  client = await server.client();
});
after(async () => {
  await client?.close();
  await server?.stop();
  await receiver?.close();
});

for (const tool of ["throw_odd", "return_odd"]) {
  for (const which of Object.keys(ODD_VALUES)) {
    test(`${tool}: ${which}`, async () => {
      // Some of these values are valid results.
      const outcome = tool === "return_odd" && VALID.has(which) ? "success" : "error";
      const series = `mcp_tool_calls_total{tool_name="${tool}",status="${outcome}",transport="http"}`;
      const counted = (await server.metric(series)) ?? 0;
      const logged = server.requests(({ tool_name }) => tool_name === tool).length;
      const answer = await client
        .callTool({ name: tool, arguments: { which } }, undefined, { timeout: 3000 })
        .catch((error: { code: number }) => error);
      assert.ok(!("code" in answer) || answer.code !== REQUEST_TIMEOUT, "it is answered");
      const line = (await server.untilRequests(logged + 1, ({ tool_name }) => tool_name === tool))[logged];
      assert.equal(line?.outcome, outcome);
      assert.equal(await server.metric(series), counted + 1);
      const span = await receiver.until((spans) => spans.find(({ spanId }) => spanId === line?.span_id));
      assert.equal(span.status, outcome === "error" ? 2 : 0);
      if (tool !== "throw_odd" || which !== LONG_CAUSES) return;
      const [event] = span.events;
      const stacks = String(event?.attributes["exception.stacktrace"]);
      assert.equal(stacks.match(/^Caused by: /gm)?.length, 3, "frames are cut, not the first cause");
      assert.ok(Buffer.byteLength(stacks) <= 2048, "Tempo would cut the rest");
    });
  }
}

for (const [title, thrown] of Object.entries(ODD_VALUES)) {
  test(`it has a description: ${title}`, () => {
    const described = describeError(thrown);
    assert.match(described.type, /^\w+$/);
    assert.equal(typeof described.message, "string");
    assert.ok(JSON.stringify(described).length < 32_000);
    assert.ok(Buffer.byteLength(stackTrace(described, 2048)) <= 2048);
  });
}

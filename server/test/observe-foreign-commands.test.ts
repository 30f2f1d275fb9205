/** `observe-command.ts` in front of servers that others wrote, in TypeScript and Python, from npm and PyPI. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FOREIGN_SERVERS, missing, seen } from "../../test/support/foreign-servers.ts";
import { clientOf, observed } from "../../test/support/observed-command.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";

const SECRET = "canary-hunter2-vermilion";
for (const server of FOREIGN_SERVERS) {
  test(`${server.name}: a client sees the same with and without, and each call is observed`, async (t) => {
    const skipped = await missing(server);
    if (skipped !== undefined) return t.skip(skipped);
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const direct = await clientOf(server.command);
    const expected = await seen(direct.client, SECRET);
    await direct.client.close();
    const around = await clientOf(observed(server.command), { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    assert.deepEqual(await seen(around.client, SECRET), expected);
    const [line] = await around.untilRequests(1, ({ tool_name }) => tool_name === "echo");
    const exposed = await around.metrics();
    assert.match(exposed, /^mcp_tool_calls_total\{tool_name="echo",status="success",transport="stdio"\} 1/m);
    await around.client.close();
    const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call echo"));
    assert.equal(span.traceId, line?.trace_id);
    const ours = around.lines().map((one) => JSON.stringify(one));
    assert.equal(
      [exposed, ...ours, ...receiver.bodies].some((said) => said.includes(SECRET)),
      false,
    );
  });
}

/** A second OpenTelemetry SDK in the process: before the telemetry, by `NODE_OPTIONS`, or after it, by the program. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";

const AUTO = "@opentelemetry/auto-instrumentations-node/register";

interface Other {
  readonly started: string;
  readonly environment?: Record<string, string>;
  /** Arguments of Node.js after the telemetry's own. */
  readonly args?: readonly string[];
  readonly said: RegExp;
}

const OTHERS: readonly Other[] = [
  {
    started: "before, by an import in NODE_OPTIONS",
    environment: { NODE_OPTIONS: `--import ${AUTO}` },
    said: /another OpenTelemetry SDK was started before this one/,
  },
  {
    started: "before, by a require in NODE_OPTIONS",
    environment: { NODE_OPTIONS: `--require ${AUTO}` },
    said: /another OpenTelemetry SDK was started before this one/,
  },
  {
    started: "after, by an import",
    args: ["--import", AUTO],
    said: /another OpenTelemetry SDK was started after this one/,
  },
  {
    started: "after, by the program itself",
    args: ["--import", "./server/test/later-sdk.ts"],
    said: /another OpenTelemetry SDK was started after this one/,
  },
];

for (const { started, environment, args, said } of OTHERS) {
  test(`started ${started}, it makes no spans, sends no second traceparent, and a line says so`, async (t) => {
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const traceparents: (string | undefined)[] = [];
    const dependency = createServer(({ rawHeaders, headers }, response) => {
      const count = rawHeaders.filter((text) => text.toLowerCase() === "traceparent").length;
      traceparents.push(count === 1 ? String(headers.traceparent) : `${count} traceparents`);
      response.end("ok");
    }).listen(0, "127.0.0.1");
    await once(dependency, "listening");
    t.after(() => {
      dependency.closeAllConnections();
      dependency.close();
    });
    const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...environment };
    const server = await runServer(own, "server/test/fixture-server.ts", args);
    t.after(() => server.stop("SIGKILL"));
    const client = await server.client();
    const url = `http://127.0.0.1:${(dependency.address() as AddressInfo).port}/?argument=CANARY`;
    for (const name of ["fetch", "get"]) await client.callTool({ name, arguments: { url } });
    await client.close();
    await server.stop();
    assert.equal(server.text().match(new RegExp(said, "g"))?.length, 1, server.text());
    const clients = receiver.spans.filter(({ kind }) => kind === 3);
    assert.deepEqual(
      clients.map(({ name }) => name),
      ["GET", "GET"],
    );
    assert.deepEqual(
      traceparents,
      clients.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    );
    for (const [index, tool] of ["fetch", "get"].entries()) {
      const call = receiver.spans.find(({ name }) => name === `tools/call ${tool}`);
      assert.equal(clients[index]?.parentSpanId, call?.spanId);
      assert.ok(
        call?.links.every(({ traceId }) => !/^0+$/.test(traceId)),
        "it has no link to a span that is none",
      );
    }
    const scopes = receiver.spans.filter(({ kind }) => kind === 1).map(({ name }) => name);
    assert.deepEqual(
      scopes.filter((name) => name !== "mcp.session"),
      [],
    );
    assert.doesNotMatch(Buffer.concat(receiver.bodies).toString("latin1"), /CANARY/);
  });
}

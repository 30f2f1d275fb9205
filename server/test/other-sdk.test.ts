/** A second OpenTelemetry SDK in the process, started by `NODE_OPTIONS`. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";

test("it makes no spans, sends no second traceparent, and a line says so", async (t) => {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  const traceparents: number[] = [];
  const dependency = createServer(({ rawHeaders }, response) => {
    traceparents.push(rawHeaders.filter((text) => text.toLowerCase() === "traceparent").length);
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(dependency, "listening");
  t.after(() => {
    dependency.closeAllConnections();
    dependency.close();
  });
  const server = await runServer(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      NODE_OPTIONS: "--import @opentelemetry/auto-instrumentations-node/register",
    },
    "server/test/fixture-server.ts",
  );
  t.after(() => server.stop("SIGKILL"));
  const client = await server.client();
  const url = `http://127.0.0.1:${(dependency.address() as AddressInfo).port}/?argument=CANARY`;
  for (const name of ["fetch", "get"]) await client.callTool({ name, arguments: { url } });
  await client.close();
  await server.stop();
  assert.match(server.text(), /another OpenTelemetry SDK was started before this one/);
  assert.deepEqual(traceparents, [1, 1]);
  const clients = receiver.spans.filter(({ kind }) => kind === 3).map(({ name }) => name);
  assert.deepEqual(clients, ["GET", "GET"]);
  assert.ok(receiver.spans.some(({ name }) => name === "tools/call fetch"));
  assert.doesNotMatch(Buffer.concat(receiver.bodies).toString("latin1"), /CANARY/);
});

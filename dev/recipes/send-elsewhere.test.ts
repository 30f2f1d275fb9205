/** Tries the settings of docs/recipes/send-elsewhere.md, with a local receiver in place of the vendor's. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { parseEnv } from "node:util";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { runServer } from "../../test/support/running-server.ts";
import { blocksOf } from "./blocks.ts";

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const HTTP = { "content-type": "application/x-protobuf" };
/** The request that each vendor's documentation asks for. */
const EXPECTED: Readonly<Record<string, Request>> = {
  honeycomb: { path: "/v1/traces", headers: { ...HTTP, "x-honeycomb-team": "your-ingest-key" } },
  "datadog-agent": { path: "/v1/traces", headers: HTTP },
  datadog: {
    path: "/v1/traces",
    headers: { ...HTTP, "dd-protocol": "otlp", "dd-api-key": "your-api-key", "dd-otlp-source": "your-site" },
  },
  "grafana-cloud": {
    path: "/otlp/v1/traces",
    headers: { ...HTTP, authorization: `Basic ${Buffer.from("123456:glc_your-token").toString("base64")}` },
  },
  jaeger: { path: "/v1/traces", headers: HTTP },
  "jaeger-grpc": {
    path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    headers: { "content-type": "application/grpc" },
  },
};
const ENDPOINT = /ENDPOINT$/;

const blocks = blocksOf("docs/recipes/send-elsewhere.md").filter(({ language }) => language === "env");

async function overHttp(t: TestContext): Promise<{ url: string; request: Promise<Request> }> {
  const receiver = await otlpReceiver();
  t.after(() => receiver.close());
  return { url: receiver.url, request: receiver.until(() => receiver.requests[0]) };
}

/** A gRPC message: not compressed, 0 bytes long. */
const EMPTY_ANSWER = Buffer.alloc(5);

/** gRPC runs on HTTP/2; the path names the procedure. */
async function overGrpc(t: TestContext): Promise<{ url: string; request: Promise<Request> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  const request = once(server, "stream").then(([stream, headers]) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(EMPTY_ANSWER);
    return { path: String(headers[":path"]), headers };
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, request };
}

test("every destination of the document is tested", () => {
  assert.deepEqual(blocks.map(({ title }) => title).toSorted(), Object.keys(EXPECTED).toSorted());
});

for (const { title = "", text } of blocks) {
  test(`${title} gets spans at its path, in its protocol, with its headers`, async (t) => {
    const own = parseEnv(text) as Record<string, string>;
    const { url, request } = await (own.OTEL_EXPORTER_OTLP_PROTOCOL === "grpc" ? overGrpc(t) : overHttp(t));
    for (const [name, value] of Object.entries(own).filter(([variable]) => ENDPOINT.test(variable))) {
      own[name] = `${url}${new URL(value).pathname.replace(/^\/$/, "")}`;
    }
    const server = await runServer(own);
    const client = await server.client();
    await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
    await client.close();
    // Stopping the server flushes its spans.
    await server.stop();
    const { path, headers } = await request;
    assert.equal(path, EXPECTED[title]?.path);
    for (const [name, value] of Object.entries(EXPECTED[title]?.headers ?? {}))
      assert.equal(headers[name], value, name);
  });
}

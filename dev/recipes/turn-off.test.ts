/** Every switch of docs/recipes/turn-off.md turns off what it says, and calls still work. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { type LogLine, runServer, SERVER_ARGS, testEnvironment } from "../../test/support/running-server.ts";
import { until } from "../../test/support/wait.ts";
import { blocksOf } from "./blocks.ts";

const TRACE_ID = "11111111111111111111111111111111";

/** What a server has emitted for a good call, a failed call and a call to a dependency, after it has ended. */
interface Emitted {
  readonly requests: readonly LogLine[];
  /** Its output besides the log. */
  readonly output: string;
  readonly receiver: OtlpReceiver;
  readonly spanOf: (tool: string) => ReceivedSpan | undefined;
  /** Headers of the request that the dependency received. */
  readonly dependencyHeaders: IncomingHttpHeaders;
}

const TRACES: Readonly<Record<string, (emitted: Emitted) => void>> = {
  "no-traces"({ receiver, output, requests }) {
    assert.deepEqual(receiver.requests, []);
    assert.doesNotMatch(output, /\[telemetry\]/);
    assert.ok(requests.every((line) => line.trace_id === undefined));
  },
  "failures-only"({ spanOf }) {
    assert.ok(spanOf("fail"));
    assert.equal(spanOf("echo"), undefined);
  },
  "none-sampled": ({ receiver }) => assert.deepEqual(receiver.spans, []),
  "no-traceparent"({ dependencyHeaders, spanOf }) {
    assert.equal(dependencyHeaders.traceparent, undefined);
    assert.ok(spanOf("fetch"));
  },
  "no-remote-parent"({ spanOf }) {
    assert.notEqual(spanOf("echo")?.traceId, TRACE_ID);
    assert.ok(spanOf("echo")?.links.some(({ traceId }) => traceId === TRACE_ID));
  },
  "no-undici"({ receiver, spanOf }) {
    const call = spanOf("fetch");
    assert.ok(call);
    assert.ok(!receiver.spans.some(({ parentSpanId }) => parentSpanId === call.spanId));
  },
};

/** Tools of which lines of finished calls are left. */
const LINES: Readonly<Record<string, readonly string[]>> = { "warnings-only": ["fault"], "no-log": [] };

const blocks = blocksOf("docs/recipes/turn-off.md").filter(({ language }) => language === "env");
const variables = (title: string) =>
  parseEnv(blocks.find((block) => block.title === title)?.text ?? "") as Record<string, string>;

test("every variable of the document is tested", () => {
  assert.deepEqual(
    blocks.map(({ title }) => title).toSorted(),
    [...Object.keys(TRACES), ...Object.keys(LINES)].toSorted(),
  );
});

async function calls(own: Record<string, string>): Promise<Emitted> {
  let dependencyHeaders: IncomingHttpHeaders = {};
  const dependency = createServer(({ headers }, response) => {
    dependencyHeaders = headers;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(dependency, "listening");
  const receiver = await otlpReceiver();
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const server = await runServer({ ...endpoint, ...own }, "server/test/fixture-server.ts");
  const client = await server.client();
  const _meta = { traceparent: `00-${TRACE_ID}-1111111111111111-00` };
  await client.callTool({ name: "echo", arguments: { value: "x" }, _meta });
  await client.callTool({ name: "fail", arguments: { value: "x" } });
  const url = `http://127.0.0.1:${(dependency.address() as AddressInfo).port}`;
  await client.callTool({ name: "fetch", arguments: { url } });
  assert.match(await server.metrics(), /mcp_tool_calls_total\{tool_name="fail",status="error",transport="http"\} 1/);
  await client.close();
  await server.stop();
  await receiver.close();
  dependency.closeAllConnections();
  dependency.close();
  const spanOf = (tool: string) => receiver.spans.find(({ name }) => name === `tools/call ${tool}`);
  return { requests: server.requests(), output: server.text(), receiver, spanOf, dependencyHeaders };
}

let defaults: Promise<Emitted> | undefined;

for (const [title, isOff] of Object.entries(TRACES)) {
  test(`${title} turns it off; without it, it is on`, async () => {
    isOff(await calls(variables(title)));
    defaults ??= calls({});
    const emitted = await defaults;
    assert.throws(() => isOff(emitted));
  });
}

/** Calls two tools of a server whose log may be off. @returns the tool names of its log lines of finished calls */
async function logged(own: Record<string, string>): Promise<unknown[]> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const environment = testEnvironment({ MCP_PORT: String(port), METRICS_PORT: String(metricsPort), ...own });
  const server = spawnChild(process.execPath, SERVER_ARGS, { cwd: ROOT, env: environment });
  try {
    let text = "";
    server.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    const ready = () =>
      fetch(`http://127.0.0.1:${metricsPort}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(ready, "a server that is ready");
    const client = new Client({ name: "test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)) as Transport);
    await client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
    await client.callTool({ name: "fault", arguments: { mode: "error" } });
    await client.close();
    server.kill("SIGTERM");
    await once(server, "close");
    const lines: LogLine[] = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return lines.filter(({ msg, tool_name }) => msg === "request" && tool_name).map(({ tool_name }) => tool_name);
  } finally {
    server.kill("SIGKILL");
  }
}

for (const [title, tools] of Object.entries(LINES)) {
  test(`${title}: of a good and a failed call, ${tools.length} are logged`, async () => {
    assert.deepEqual(await logged(variables(title)), tools);
  });
}

test("by default, every call is logged", async () => {
  assert.deepEqual(await logged({}), ["add", "fault"]);
});

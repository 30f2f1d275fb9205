/**
 * What dev/docs/semantic-conventions.ts says of each name of the conventions is so, on exported spans and on samples: over
 * HTTP and stdio, in both eras, of a server and of a client.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { CLIENT_METRICS, METHODS, METRICS, type MetricDefinition, RESOURCE_METHODS } from "mcp-telemetry/conventions";
import { DECISIONS, MODEL, MODEL_METHODS, type Signal } from "../../dev/docs/semantic-conventions.ts";
import { spawnChild } from "../../test/support/children.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { runServer, SERVER_ARGS, testEnvironment } from "../../test/support/running-server.ts";

const SERVER = 2;
const CLIENT = 3;
const FIXTURE = "server/test/fixture-server.ts";
const PRELOAD = SERVER_ARGS.slice(0, 2);

let receiver: OtlpReceiver;
/** By title: what the program printed. */
const clientMetrics: string[] = [];
const serverMetrics: string[] = [];

before(async () => {
  receiver = await otlpReceiver();
  const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const sessions = await runServer({ ...own, OTEL_SERVICE_NAME: "server" }, FIXTURE);
  const requests = await runServer({ ...own, OTEL_SERVICE_NAME: "server" }, "server/test/fixture-server-2.ts");
  await useBy(["legacy", sessions.url.href]);
  await useBy(["modern", requests.url.href]);
  await useBy(["legacy", "--", process.execPath, ...PRELOAD, FIXTURE, "--stdio"]);
  for (const server of [sessions, requests]) {
    serverMetrics.push(await server.metrics());
    await server.stop();
  }
});
after(() => receiver?.close());

/** Runs the observed client to its end. */
async function useBy(args: readonly string[]): Promise<void> {
  const child = spawnChild(process.execPath, [...PRELOAD, "server/test/observed-client.ts", ...args], {
    env: testEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: "client" }),
  });
  const [printed, complaint] = [text(child.stdout), text(child.stderr)];
  const [code] = await once(child, "exit");
  assert.equal(code, 0, await complaint);
  clientMetrics.push(await printed);
}

const spans = (kind: number): ReceivedSpan[] =>
  receiver.spans.filter((span) => span.kind === kind && span.attributes["mcp.method.name"] !== undefined);

const KIND: Readonly<Partial<Record<Signal, number>>> = { "span mcp.client": CLIENT, "span mcp.server": SERVER };
const METRIC: Readonly<Partial<Record<Signal, { definition: MetricDefinition; samples: () => string[] }>>> = {
  "mcp.client.operation.duration": {
    definition: METRICS.sentDuration,
    samples: () => [...clientMetrics, ...serverMetrics],
  },
  "mcp.server.operation.duration": { definition: METRICS.operationDuration, samples: () => serverMetrics },
  "mcp.client.session.duration": { definition: CLIENT_METRICS.sessionDuration, samples: () => [] },
  "mcp.server.session.duration": { definition: METRICS.sessionDuration, samples: () => [] },
};

for (const signal of Object.keys(MODEL) as Signal[]) {
  test(`${signal}: there is a decision about each name, and about no other`, () => {
    assert.deepEqual(Object.keys(DECISIONS[signal]).toSorted(), Object.keys(MODEL[signal]).toSorted());
  });

  for (const [name, { isEmitted }] of Object.entries(DECISIONS[signal])) {
    const kind = KIND[signal];
    if (kind !== undefined) {
      test(`${signal}: ${name} is on ${isEmitted ? "a" : "no"} span`, () => {
        const found = spans(kind).some(({ attributes }) => Object.keys(attributes).some((key) => key.startsWith(name)));
        assert.equal(found, isEmitted);
      });
    }
    const metric = METRIC[signal];
    if (metric !== undefined) {
      test(`${signal}: ${name} is ${isEmitted ? "a" : "no"} label`, () => {
        const label = name.replaceAll(".", "_");
        assert.equal(metric.definition.labels.includes(label), isEmitted);
        const samples = metric.samples().flatMap((all) => all.split("\n"));
        const ofMetric = samples.filter((sample) => sample.startsWith(`${metric.definition.name}_count{`));
        if (!isEmitted || metric.samples().length === 0) return;
        assert.ok(
          ofMetric.some((sample) => new RegExp(`[{,]${label}="[^"]`).test(sample)),
          `no value among ${ofMetric.join("\n")}`,
        );
      });
    }
  }
}

test("every well-known method has its own name", () => {
  assert.deepEqual(
    MODEL_METHODS.filter((method) => !METHODS.has(method)),
    [],
  );
});

test("the buckets of operations are those of the conventions, and those of sessions go on from them", () => {
  const bounds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
  for (const { buckets } of [METRICS.operationDuration, METRICS.sentDuration]) assert.deepEqual(buckets, bounds);
  for (const { buckets } of [METRICS.sessionDuration, CLIENT_METRICS.sessionDuration]) {
    assert.deepEqual(buckets, [...bounds, 600, 1800, 3600, 7200, 21_600, 86_400]);
  }
});

describe("the conditions of a name", () => {
  /** Whether a span must have the attribute, of its kind alone. */
  const conditions: Readonly<Record<string, (span: ReceivedSpan, method: string) => boolean>> = {
    "gen_ai.tool.name": (_, method) => method === "tools/call",
    "gen_ai.operation.name": (_, method) => method === "tools/call",
    "gen_ai.prompt.name": (_, method) => method === "prompts/get",
    "mcp.resource.uri": (_, method) => RESOURCE_METHODS.has(method),
    "jsonrpc.request.id": (_, method) => !method.startsWith("notifications/"),
    "error.type": ({ status }) => status === 2,
    "network.transport": () => true,
    "network.protocol.name": ({ attributes }) => attributes["network.transport"] === "tcp",
    "network.protocol.version": ({ service, kind, attributes, parentSpanId }) =>
      service === "server" && attributes["network.transport"] === "tcp" && (kind === SERVER || parentSpanId !== ""),
    "server.address": ({ kind, service, attributes }) =>
      attributes["network.transport"] === "tcp" && (kind === SERVER ? service === "server" : service === "client"),
    "client.address": ({ kind, service, attributes }) =>
      kind === SERVER && service === "server" && attributes["network.transport"] === "tcp",
    "mcp.protocol.version": () => true,
  };
  for (const [name, isOn] of Object.entries(conditions)) {
    test(name, () => {
      const all = [...spans(CLIENT), ...spans(SERVER)];
      const wrong = all.filter(
        (span) => isOn(span, String(span.attributes["mcp.method.name"])) !== name in span.attributes,
      );
      assert.deepEqual(wrong.map(describeSpan), []);
    });
  }
});

const describeSpan = ({ service, kind, name, attributes }: ReceivedSpan) =>
  `${service} ${kind} ${name} ${JSON.stringify(attributes)}`;

test("a server's request during a call is one trace: the call of the client, the server's request, and the client's work", () => {
  const asked = spans(SERVER).filter(({ service, name }) => service === "client" && name === "sampling/createMessage");
  assert.equal(asked.length, 6, "three over each transport");
  for (const { parentSpanId, traceId } of asked) {
    const request = spans(CLIENT).find(({ spanId }) => spanId === parentSpanId);
    const call = spans(SERVER).find(({ spanId }) => spanId === request?.parentSpanId);
    const cause = spans(CLIENT).find(({ spanId }) => spanId === call?.parentSpanId);
    assert.deepEqual(
      [request, call, cause].map((span) => [span?.service, span?.name, span?.traceId]),
      [
        ["server", "sampling/createMessage", traceId],
        ["server", "tools/call ask", traceId],
        ["client", "tools/call ask", traceId],
      ],
    );
  }
});

test("a code that a client made up is on the span of the server's request, and `_OTHER` in the label", () => {
  const codes = spans(CLIENT).map(({ attributes }) => attributes["rpc.response.status_code"]);
  assert.ok(codes.includes("-31999"));
  const samples = serverMetrics.join("\n");
  assert.doesNotMatch(samples, /-31999/);
  assert.match(samples, /^mcp_client_operation_duration_seconds_count\{.*rpc_response_status_code="_OTHER"/m);
});

test("a client never emits a URI that its server has not listed", () => {
  const uris = new Set(receiver.spans.map(({ attributes }) => attributes["mcp.resource.uri"]));
  assert.deepEqual([...uris].filter((uri) => uri !== undefined).toSorted(), [
    "_OTHER",
    "note://fixed",
    "note://store/{id}",
  ]);
});

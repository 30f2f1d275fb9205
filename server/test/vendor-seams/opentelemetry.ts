/** The seams of OpenTelemetry's SDK and instrumentations, and of `import-in-the-middle`. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Attributes, SamplingDecision, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  InMemorySpanExporter,
  type Sampler,
  SimpleSpanProcessor,
  type Span,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { testEnvironment } from "../../../test/support/running-server.ts";
import { seam } from "./seam.ts";

const record: Sampler = { shouldSample: () => ({ decision: SamplingDecision.RECORD }), toString: () => "record" };

/** Starts a span with the real SDK. `finished` has what was exported. */
function started(processorOf: (exporter: SpanExporter) => SpanProcessor, sampler?: Sampler) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [processorOf(exporter)];
  const provider = new TracerProvider({ spanProcessors, ...(sampler && { sampler }) });
  const span = provider.getTracer("seam").startSpan("seam", { attributes: { first: 1 } }) as Span;
  return { span, finished: () => provider.forceFlush().then(() => exporter.getFinishedSpans()) };
}

const simple = (exporter: SpanExporter) => new SimpleSpanProcessor({ exporter });

seam("The `attributes` of a recording span can be replaced, and are exported", {
  real: () => started(simple),
  changed: () => {
    const { span, finished } = started(simple);
    return { span: Object.defineProperty(span, "attributes", { value: {}, writable: false }), finished };
  },
  async check({ span, finished }) {
    assert.ok("attributes" in span);
    (span as { attributes: Attributes }).attributes = { ...span.attributes, second: "2" };
    span.setAttribute("third", true);
    span.end();
    const [exported] = await finished();
    assert.deepEqual(exported?.attributes, { first: 1, second: "2", third: true });
  },
});

seam("`spanContext()` is one mutable object, whose flag a processor reads when the span ends", {
  real: () => started(simple, record),
  changed: () => {
    const { span, finished } = started(simple, record);
    const original = span.spanContext();
    return { span: Object.assign(span, { spanContext: () => ({ ...original }) }), finished };
  },
  async check({ span, finished }) {
    span.spanContext().traceFlags |= TraceFlags.SAMPLED;
    span.end();
    assert.equal((await finished()).length, 1);
  },
});

/** @returns the names of the spans whose end a processor saw */
function ended(sampler: Sampler): string[] {
  const names: string[] = [];
  const none = async () => {};
  const processor = {
    onStart: () => {},
    onEnd: ({ name }: { name: string }) => void names.push(name),
    forceFlush: none,
    shutdown: none,
  };
  started(() => processor, sampler).span.end();
  return names;
}

seam("A span that is recorded and not sampled reaches `onEnd` of every processor", {
  real: () => ended(record),
  changed: () => ended({ ...record, shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }) }),
  check: (names) => assert.deepEqual(names, ["seam"]),
});

interface Delegated {
  _delegate: {
    _responseHandler: { handleResponse(answer: unknown): void };
    _transport: { send(): Promise<{ status: string; data: Uint8Array }> };
  };
}

seam("An OTLP exporter hands the collector's answer to `_delegate._responseHandler`, then reports success at once", {
  real: () => [new JsonExporter(), new ProtobufExporter(), new GrpcExporter()].map((exporter) => ({ exporter })),
  changed: () => [
    {
      exporter: Object.assign(new JsonExporter(), {
        export: (_: unknown, done: (result: object) => void) => done({ code: 0 }),
      }),
    },
  ],
  async check(exporters) {
    for (const { exporter } of exporters) {
      const seen: unknown[] = [];
      const { _delegate } = exporter as unknown as Delegated;
      _delegate._transport = { send: async () => ({ status: "success", data: new TextEncoder().encode("") }) };
      if (exporter instanceof JsonExporter)
        _delegate._transport.send = async () => ({ status: "success", data: Buffer.from("{}") });
      _delegate._responseHandler = { handleResponse: () => void seen.push("answer") };
      await new Promise<void>((resolve) => {
        exporter.export([], () => {
          seen.push("success");
          resolve();
        });
      });
      assert.deepEqual(seen, ["answer", "success"]);
    }
  },
});

interface Instrumented {
  /** Names of modules that the instrumentations patch. */
  readonly modules: readonly string[];
  /** ES modules that a hook saw, of one that is to be intercepted and one that is not. */
  readonly intercepted: readonly string[];
  /** Attributes of the spans of `fetch` and of `get` from `node:http`. */
  readonly spans: readonly Attributes[];
}

let cached: Instrumented | undefined;
function instrumented(): Instrumented {
  if (cached !== undefined) return cached;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "./server/telemetry/register.ts", "server/test/vendor-seams/instrumented-program.ts"],
    { env: testEnvironment({ MCP_INSPECT: "1" }), encoding: "utf8" },
  );
  assert.ok(stdout.startsWith("{"), stderr);
  cached = JSON.parse(stdout) as Instrumented;
  return cached;
}

seam("The members of an ended span can be replaced in `onEnd`, and the next processor gets the new ones", {
  real: () => (processors: SpanProcessor[]) => new TracerProvider({ spanProcessors: processors }),
  changed: () => (processors: SpanProcessor[]) => new TracerProvider({ spanProcessors: processors.toReversed() }),
  check(providerOf: (processors: SpanProcessor[]) => TracerProvider) {
    const seen: unknown[] = [];
    const processor = (onEnd: SpanProcessor["onEnd"]): SpanProcessor => ({
      onStart: () => {},
      onEnd,
      forceFlush: async () => {},
      shutdown: async () => {},
    });
    const provider = providerOf([
      processor((span) => Object.assign(span, { name: "new", attributes: {}, events: [], status: { code: 2 } })),
      processor(({ name, attributes, events, status }) => seen.push(name, attributes, events, status)),
    ]);
    const span = provider.getTracer("seam").startSpan("old", { attributes: { a: 1 } });
    span.addEvent("event").setStatus({ code: 2, message: "text" }).end();
    assert.deepEqual(seen, ["new", {}, [], { code: 2 }]);
  },
});

seam("An instrumentation has `getModuleDefinitions`, which names the modules it patches", {
  real: instrumented,
  changed: () => ({ ...instrumented(), modules: [] }),
  check: ({ modules }) => assert.ok(modules.includes("http") && modules.includes("pg")),
});

seam("The import hooks of `import-in-the-middle` intercept the modules of `include` and no other", {
  real: instrumented,
  changed: () => ({ ...instrumented(), intercepted: ["http", "zod"] }),
  check: ({ intercepted }) => assert.deepEqual(intercepted, ["http"]),
});

seam("`syncBuiltinESMExports` shows ES modules the functions of `node:http` that the instrumentation has patched", {
  real: instrumented,
  changed: () => ({ ...instrumented(), spans: instrumented().spans.slice(0, 1) }),
  check: ({ spans }) => assert.equal(spans.length, 2),
});

seam("What the hooks of the undici and http instrumentations return takes the place of their own attributes", {
  real: instrumented,
  changed: () => ({ ...instrumented(), spans: [{ "url.full": "http://localhost/secret" }] }),
  check({ spans }) {
    const urls = spans.map((attributes) => String(attributes["url.full"]));
    assert.ok(urls.length > 0);
    for (const url of urls) assert.match(url, /\/REDACTED$/);
    assert.doesNotMatch(JSON.stringify(spans), /secret/);
  },
});

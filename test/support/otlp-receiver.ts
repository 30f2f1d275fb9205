/** A real OTLP/HTTP receiver that keeps what it gets: for tests, and for `make smoke` where there is no Tempo. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { decodeTraces } from "./trace-proto.ts";
import { until } from "./wait.ts";

type Value = string | number | boolean;

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  /** As in OTLP: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** As in OTLP: 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly statusMessage: string;
}

export interface OtlpReceiver {
  /** The base URL, for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** Paths and headers of the requests, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** Bodies as they came. */
  readonly bodies: Buffer[];
  /** Waits until `find` returns something. @throws when it does not */
  until<T>(find: (spans: readonly ReceivedSpan[]) => T | undefined | false): Promise<T>;
  close(): Promise<void>;
}

/** What a receiver says to a request: a status, and for how many seconds the sender should wait. */
export interface OtlpAnswer {
  readonly status: number;
  readonly retryAfter?: number;
}

/** @param port 0 lets the operating system choose @param answer asked for each request, in order, from 0 */
export async function otlpReceiver(
  port = 0,
  answer: (request: number) => OtlpAnswer = () => ({ status: 200 }),
): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: OtlpReceiver["requests"] = [];
  const bodies: Buffer[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { status, retryAfter } = answer(requests.length);
    requests.push({ path: request.url ?? "", headers: request.headers });
    bodies.push(body);
    if (status === 200 && request.url === "/v1/traces") spans.push(...decode(request, body));
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.writeHead(status, { "content-type": request.headers["content-type"] ?? "" }).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    bodies,
    until: (find) =>
      until(
        () => find(spans),
        () => `no such span; received: ${spans.map(({ name }) => name).join(", ")}`,
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function decode(request: IncomingMessage, body: Buffer): ReceivedSpan[] {
  const json = request.headers["content-type"]?.startsWith("application/json");
  return spansIn(json ? JSON.parse(body.toString()) : decodeTraces(body));
}

/** The spans of OTLP's trace message in JSON. */
export const spansIn = (message: unknown): ReceivedSpan[] => tracesOf(message as TracesData).map(({ span }) => span);

/** The same, each with the attributes of its resource. */
export const tracesOf = (data: TracesData) =>
  (data.resourceSpans ?? []).flatMap(({ resource: { attributes } = {}, scopeSpans = [] }) => {
    const resource = attributesOf(attributes);
    const service = String(resource["service.name"] ?? "");
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => ({ resource, span: received(service, span) })));
  });

interface KeyValue {
  readonly key: string;
  readonly value?: {
    readonly stringValue?: string;
    readonly boolValue?: boolean;
    readonly intValue?: string | number;
    readonly doubleValue?: number;
  };
}

interface Span {
  readonly name: string;
  readonly kind?: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly KeyValue[] }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface TracesData {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly Span[] }[];
  }[];
}

const received = (service: string, span: Span): ReceivedSpan => ({
  service,
  name: span.name,
  kind: span.kind ?? 0,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? "",
  attributes: attributesOf(span.attributes),
  events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: attributesOf(attributes) })),
  links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
  status: span.status?.code ?? 0,
  statusMessage: span.status?.message ?? "",
});

const attributesOf = (pairs: readonly KeyValue[] = []): Record<string, Value> =>
  Object.fromEntries(pairs.map(({ key, value = {} }) => [key, scalarOf(value)]));

function scalarOf(value: NonNullable<KeyValue["value"]>): Value {
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? "";
}

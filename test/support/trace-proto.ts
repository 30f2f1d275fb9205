/**
 * The part of OTLP's trace messages that this project reads back.
 * Source: opentelemetry-proto, opentelemetry/proto/trace/v1/trace.proto and common/v1/common.proto.
 */
import protobuf from "protobufjs";

const PROTO = `
syntax = "proto3";
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  repeated Event events = 11;
  repeated Link links = 13;
  Status status = 15;
}
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message TracesData { repeated ResourceSpans resource_spans = 1; }
`;

const tracesData = protobuf.parse(PROTO).root.lookupType("TracesData");

/** Decodes the body of an OTLP/HTTP export. @returns plain objects, as in OTLP's JSON: ids are hex, numbers strings */
export function decodeTraces(body: Uint8Array): unknown {
  const message = tracesData.toObject(tracesData.decode(body), { longs: String });
  return JSON.parse(
    JSON.stringify(message, (_key, value) => (isBuffer(value) ? Buffer.from(value.data).toString("hex") : value)),
  );
}

const isBuffer = (value: unknown): value is { type: "Buffer"; data: number[] } =>
  typeof value === "object" && value !== null && "type" in value && value.type === "Buffer";

const SPAN_IDS = `
syntax = "proto3";
message Span { bytes span_id = 2; int32 kind = 6; }
message ScopeSpans { repeated Span spans = 2; }
message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
message TracesData { repeated ResourceSpans resource_spans = 1; }
`;

const spanIdsData = protobuf.parse(SPAN_IDS).root.lookupType("TracesData");

interface SpanIdsData {
  readonly resourceSpans?: readonly {
    readonly scopeSpans?: readonly { readonly spans?: readonly { spanId: Uint8Array; kind: number }[] }[];
  }[];
}

/** The id, in hex, and the kind of each span of an export: several times cheaper than to decode all. */
export function decodeSpanIds(body: Uint8Array): { readonly id: string; readonly kind: number }[] {
  const data = spanIdsData.decode(body) as unknown as SpanIdsData;
  return (data.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(({ spanId, kind }) => ({ id: Buffer.from(spanId).toString("hex"), kind })),
    ),
  );
}

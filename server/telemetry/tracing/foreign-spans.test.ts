import assert from "node:assert/strict";
import { test } from "node:test";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { foreignSpans } from "./foreign-spans.ts";

test("a span of a library keeps 128 characters of a value, and 256 of the shape of a statement", () => {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [foreignSpans, new SimpleSpanProcessor({ exporter })];
  const tracer = new TracerProvider({ spanProcessors }).getTracer("@library/instrumentation-database");
  const attributes = {
    "server.address": "x".repeat(10_000),
    "db.system": "postgresql",
    "db.query.text": "SELECT 1, AND ".repeat(1000),
  };
  tracer.startSpan("query", { attributes }).end();
  const [span] = exporter.getFinishedSpans();
  assert.equal(String(span?.attributes["server.address"]).length, 128);
  assert.equal(String(span?.attributes["db.query.text"]).length, 256);
});

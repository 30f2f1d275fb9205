import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { callBuffer } from "./buffer.ts";
import { callSampler, type SamplingRecord, withRecord } from "./sampling.ts";
import { newExportStats } from "./tracing.ts";

function tracer() {
  const exporter = new InMemorySpanExporter();
  const stats = newExportStats();
  const buffer = callBuffer(new SimpleSpanProcessor({ exporter }), stats);
  const provider = new TracerProvider({ sampler: callSampler, spanProcessors: [buffer] });
  const record: SamplingRecord = { sampled: false, outcomeKnown: false, buffered: [] };
  const context = withRecord(ROOT_CONTEXT, record);
  const spans = provider.getTracer("test");
  const call = spans.startSpan("call", {}, context);
  const child = () => spans.startSpan("child", {}, trace.setSpan(context, call)).end();
  return { exporter, stats, buffer, record, call, child };
}

test("at most 128 spans wait for a call's outcome; the rest is counted as dropped", () => {
  const { exporter, stats, buffer, record, call, child } = tracer();
  for (let index = 0; index < 200; index += 1) child();
  assert.equal(stats.dropped, 72);
  buffer.sampleLate(record, call);
  call.end();
  assert.equal(exporter.getFinishedSpans().length, 129);
});

test("a child that ends after its call was kept is exported, after one that was not it is forgotten", () => {
  const kept = tracer();
  kept.buffer.sampleLate(kept.record, kept.call);
  kept.call.end();
  kept.child();
  assert.deepEqual(
    kept.exporter.getFinishedSpans().map(({ name }) => name),
    ["call", "child"],
  );

  const forgotten = tracer();
  forgotten.record.outcomeKnown = true;
  forgotten.call.end();
  forgotten.child();
  assert.deepEqual([forgotten.exporter.getFinishedSpans().length, forgotten.record.buffered.length], [0, 0]);
});

/** What the inspector holds is bounded, by count and by bytes, in what is counted and in what the process takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { INVALID_SPAN_CONTEXT, SpanKind } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { LogStream } from "../logging/stream.ts";
import { newRecorder } from "./recorder.ts";
import { Ring } from "./ring.ts";

test("the oldest make room when there are too many, or too much", () => {
  const ring = new Ring<string>(3, 10);
  for (const item of ["a", "b", "c", "d"]) ring.push(item, 1);
  assert.deepEqual(ring.items(), ["b", "c", "d"]);
  ring.push("large", 9);
  assert.deepEqual([ring.items(), ring.bytes, ring.count], [["d", "large"], 10, 2]);
  ring.push("too large", 11);
  assert.deepEqual([ring.items(), ring.pushed], [["d", "large"], 6]);
  ring.push("full", 10);
  assert.deepEqual([ring.items(), ring.bytes, ring.count], [["full"], 10, 1]);
});

const NOWHERE: LogStream = { write: () => {}, dropped: () => 0, end: async () => {} };

const span = (i: number, chars: number) =>
  ({
    name: "tools/call add",
    kind: SpanKind.SERVER,
    spanContext: () => ({ ...INVALID_SPAN_CONTEXT, spanId: String(i) }),
    startTime: [i, 0],
    duration: [0, i],
    status: { code: 0 },
    attributes: { "mcp.session.id": String(i), padding: String(i).padEnd(chars, "x"), list: [`${i}`.padEnd(chars)] },
  }) as unknown as ReadableSpan;

/** Bytes in use once what nobody holds is gone. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

for (const [size, chars] of [
  ["small", 10],
  ["middling", 700],
  ["large", 100_000],
] as const) {
  test(`of ${size} spans and lines without end, the process holds no more than is counted, and that is bounded`, () => {
    const before = heapUsed();
    const recorder = newRecorder();
    const stream = recorder.tap(NOWHERE);
    const many = chars > 10_000 ? 500 : 30_000;
    for (let i = 0; i < many; i += 1) {
      recorder.processor.onEnd(span(i, chars));
      stream.write(`{"i":${i},"msg":"${"é".repeat(chars)}"}\n`);
    }
    const { spans, lines } = recorder;
    for (const ring of [spans, lines]) {
      assert.ok(ring.bytes <= ring.maxBytes && ring.count <= ring.maxCount, `${ring.count}, ${ring.bytes} bytes`);
      assert.ok(ring.count === ring.maxCount || ring.bytes > ring.maxBytes * 0.9, "it holds what it may");
    }
    const grown = heapUsed() - before;
    assert.ok(grown <= (spans.bytes + lines.bytes) * 1.1, `${grown} bytes for ${spans.bytes} + ${lines.bytes} counted`);
    assert.ok(recorder.spans.items().length > 0);
  });
}

/** What Prometheus answers, in the order that its readers rely on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BackEnds } from "./back-ends.ts";
import { Prometheus } from "./prometheus.ts";

test("exemplars of all series come in the order of time, as a series that rests has only old ones", async () => {
  const exemplar = (trace_id: string, timestamp: number) => ({ labels: { trace_id }, value: "1", timestamp });
  const data = [
    { seriesLabels: { tool_name: "busy" }, exemplars: [exemplar("first", 1), exemplar("last", 3)] },
    { seriesLabels: { tool_name: "at rest" }, exemplars: [exemplar("second", 2)] },
  ];
  const backEnds = { json: async () => ({ status: "success", data }) } as unknown as BackEnds;
  const found = await new Prometheus(backEnds).exemplars("any");
  assert.deepEqual(
    found.map(({ trace_id }) => trace_id),
    ["first", "second", "last"],
  );
});

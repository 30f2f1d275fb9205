import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram as PromHistogram } from "prom-client";
import { METRICS } from "../conventions.ts";
import { histogram } from "./define.ts";
import { createRegistry, type MetricsRegistry } from "./registry.ts";

const { name, help, labels, buckets } = METRICS.toolDuration;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const OBSERVED: readonly (readonly [tool_name: string, value: number, traceId?: string])[] = [
  ["add", 0],
  ["add", 0.005, TRACE],
  ["add", 0.0051],
  ["add", 61, TRACE.replace("0a", "0b")],
  ['a "quoted"\nname', 0.3, TRACE],
  ["add", 0.004, TRACE.replace("0a", "0c")],
];

/** One metric of a scrape, without the times of its exemplars. */
async function scraped(registry: MetricsRegistry): Promise<string[]> {
  const rows = (await registry.metrics()).split("\n").filter((row) => row.includes(name));
  return rows.map((row) => row.replace(/ [\d.]+$/, (time) => (row.includes(" # {") ? "" : time)));
}

test("a scrape is what prom-client's own histogram would have made of the same observations", async () => {
  const [own, theirs] = [createRegistry(), createRegistry()];
  const mine = histogram(own, METRICS.toolDuration);
  const bounds = { name, help, labelNames: [...labels], buckets: [...(buckets ?? [])] };
  const reference = new PromHistogram({ ...bounds, registers: [theirs], enableExemplars: true });
  for (const [tool_name, value, traceId] of OBSERVED) {
    const of = { tool_name, status: "success" };
    mine.observe(of, value, traceId);
    reference.observe({ labels: of, value, ...(traceId && { exemplarLabels: { trace_id: traceId } as object }) });
  }
  const rows = await scraped(own);
  assert.ok(rows.length > 30);
  assert.deepEqual(rows, await scraped(theirs));
});

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

/** The same observations in this project's histogram and in prom-client's own, each in its registry. */
function observedTwice() {
  const [registry, reference] = [createRegistry(), createRegistry()];
  const mine = histogram(registry, METRICS.toolDuration);
  const bounds = { name, help, labelNames: [...labels], buckets: [...(buckets ?? [])] };
  const theirs = new PromHistogram({ ...bounds, registers: [reference], enableExemplars: true });
  for (const [tool_name, value, traceId] of OBSERVED) {
    const series = { tool_name, status: "success" };
    mine.observe(series, value, traceId);
    theirs.observe({ labels: series, value, ...(traceId && { exemplarLabels: { trace_id: traceId } as object }) });
  }
  return { registry, reference, mine };
}

test("a scrape is what prom-client's own histogram would have made of the same observations", async () => {
  const { registry, reference } = observedTwice();
  const rows = await scraped(registry);
  assert.ok(rows.length > 30);
  assert.deepEqual(rows, await scraped(reference));
});

/** Without times, and without the `null` of a bucket that has no exemplar. */
const comparable = (key: string, value: unknown) => (key === "timestamp" || value === null ? undefined : value);

test("the JSON of a registry is what prom-client's own histogram would have made of it", async () => {
  const { registry, reference } = observedTwice();
  const json = async (of: MetricsRegistry) => {
    const metrics = (await of.getMetricsAsJSON()).filter((metric) => metric.name === name);
    return JSON.parse(JSON.stringify(metrics, comparable));
  };
  const [metric] = await json(registry);
  assert.ok(metric.values.length > 30);
  assert.deepEqual([metric], await json(reference));
});

test("a registry finds the histogram by its name, and writes it alone", async () => {
  const { registry, reference, mine } = observedTwice();
  assert.equal(registry.getSingleMetric(name), mine);
  const withoutTimes = (text: string) => text.replaceAll(/ \d+\.\d+$/gm, "");
  assert.equal(
    withoutTimes(await registry.getSingleMetricAsString(name)),
    withoutTimes(await reference.getSingleMetricAsString(name)),
  );
});

test("after resetMetrics() the histogram has no series, and observes again", async () => {
  const { registry, reference, mine } = observedTwice();
  registry.resetMetrics();
  reference.resetMetrics();
  assert.deepEqual(await scraped(registry), await scraped(reference));
  assert.equal((await scraped(registry)).length, 2);
  mine.observe({ tool_name: "add", status: "success" }, 1);
  assert.ok((await scraped(registry)).includes(`${name}_count{tool_name="add",status="success"} 1`));
});

/** A large registry is written in slices, and as the registry itself would write it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "prom-client";
import { METRICS } from "../conventions.ts";
import { counter, histogram } from "./define.ts";
import { exposition } from "./exposition.ts";
import { createRegistry } from "./registry.ts";

const OPEN = "application/openmetrics-text;version=1.0.0";
const TOOLS = 200;

/** A registry in which each of many tools has been called. */
function registryOfManyTools() {
  const registry = createRegistry();
  const durations = histogram(registry, METRICS.toolDuration);
  const calls = counter(registry, METRICS.toolCalls);
  for (let tool = 0; tool < TOOLS; tool += 1) {
    const labels = { tool_name: `tool_${tool}`, status: "success" };
    durations.observe(labels, tool / 100, "0af7651916cd43dd8448eb211c80319c");
    calls.inc({ ...labels, transport: "http" });
  }
  return registry;
}

/** The lines about tools, without the times of exemplars: other values change between two reads. */
const aboutTools = (text: string) => text.match(/^.*mcp_tool.*?(?= \d+\.\d+$|$)/gm) ?? [];

test("OpenMetrics in slices is what the registry writes at once", async () => {
  const registry = registryOfManyTools();
  const { body, contentType } = await exposition(registry, OPEN);
  assert.equal(contentType, Registry.OPENMETRICS_CONTENT_TYPE);
  assert.match(body, /\n# EOF\n$/);
  const lines = aboutTools(body);
  assert.ok(lines.length > 10 * TOOLS);
  assert.deepEqual(lines, aboutTools(await registry.metrics()));
});

test("the text format has the same series, without exemplars, and `_total` in the names of counters", async () => {
  const registry = registryOfManyTools();
  const text = aboutTools((await exposition(registry, "text/plain")).body);
  const open = aboutTools((await exposition(registry, OPEN)).body);
  const counters = (line: string) => line.replace(/^(# (?:HELP|TYPE) mcp_tool_calls)(?=\s)/, "$1_total");
  assert.deepEqual(
    text,
    open.map((line) => counters(line.replace(/ # \{.*/, ""))),
  );
});

test("other work runs between the slices", async () => {
  const registry = registryOfManyTools();
  let turns = 0;
  let running = true;
  const turn = () => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  const { body } = await exposition(registry, OPEN);
  running = false;
  const values = body.split("\n").length;
  assert.ok(turns >= Math.floor(values / 2000), `${turns} turns of the event loop for ${values} lines`);
});

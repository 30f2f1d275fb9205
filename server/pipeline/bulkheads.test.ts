import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipelineTelemetry } from "mcp-telemetry";
import { bulkheads } from "./bulkheads.ts";

const names: string[] = [];
const telemetry = { bulkhead: (name: string) => names.push(name) } as unknown as PipelineTelemetry;

test("tools that name the same bulkhead share it, and must agree on its limits", () => {
  const bulkhead = bulkheads(telemetry);
  const first = bulkhead({ name: "a", running: 2, queued: 1 });
  assert.equal(bulkhead({ name: "a", running: 2, queued: 1 }), first);
  assert.notEqual(bulkhead({ name: "b", running: 2, queued: 1 }), first);
  assert.deepEqual(names, ["a", "b"]);
  assert.throws(() => bulkhead({ name: "a", running: 3, queued: 1 }), /bulkhead "a" has different limits/);
});

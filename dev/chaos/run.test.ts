/** A run in which nothing bad happens: what the harness itself does fails no property. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accounting } from "./accounting.ts";
import { serverProperties } from "./properties.ts";
import { run } from "./run.ts";

test("honest callers alone: every property holds, and everything was measured", async () => {
  const ran = await run({ attacks: [], faults: [] }, 1, 3000, () => {});
  assert.ok(ran.observed, "the server lived");
  const properties = [...serverProperties(ran), ...accounting(ran.observed)];
  assert.deepEqual(
    properties.filter(({ holds }) => !holds),
    [],
  );
  assert.ok(ran.observed.callers.operations > 600, "calls were counted");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { callSampling } from "./sampling.ts";

test("the first calls of each tool are sampled, later ones by the ratio", () => {
  const decide = callSampling(0, 2, 100);
  const sampled = () => ["add", "add", "add", "other"].map((tool) => decide(tool, false, "alice").sampled);
  assert.deepEqual(sampled(), [true, true, false, true]);
  assert.deepEqual(sampled(), [false, false, false, true]);
});

test("methods other than tool calls are always sampled", () => {
  assert.equal(callSampling(0, 0, 100)(undefined, false, "alice").sampled, true);
});

test("a trusted sampled parent is always kept", () => {
  assert.equal(callSampling(0, 0, 100)("add", true, "alice").sampled, true);
});

test("the ratio is a share of calls", () => {
  const decide = callSampling(0.25, 0, 100);
  const calls = Array.from({ length: 10_000 }, () => decide("add", false, "alice").sampled);
  const share = calls.filter(Boolean).length / calls.length;
  assert.ok(share > 0.2 && share < 0.3, `share ${share}`);
});

test("a caller's flood of other methods, or of sampled parents, is sampled at a limited rate", () => {
  const decide = callSampling(0, 0, 10);
  const sampledOf = (tool: string | undefined, parentSampled: boolean, caller: string) =>
    Array.from({ length: 1000 }, () => decide(tool, parentSampled, caller).sampled).filter(Boolean).length;
  for (const count of [sampledOf(undefined, false, "alice"), sampledOf("add", true, "bob")]) {
    assert.ok(count >= 10 && count < 30, `${count} of 1000`);
  }
  assert.equal(decide(undefined, false, "carol").sampled, true, "another caller has its own rate");
});

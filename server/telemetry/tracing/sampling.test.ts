import assert from "node:assert/strict";
import { test } from "node:test";
import { callSampling } from "./sampling.ts";

test("the first calls of each tool are sampled, later ones by the ratio", () => {
  const decide = callSampling(0, 2);
  const sampled = () => ["add", "add", "add", "other"].map((tool) => decide(tool, false).sampled);
  assert.deepEqual(sampled(), [true, true, false, true]);
  assert.deepEqual(sampled(), [false, false, false, true]);
});

test("methods other than tool calls are always sampled", () => {
  assert.equal(callSampling(0, 0)(undefined, false).sampled, true);
});

test("a trusted sampled parent is always kept", () => {
  assert.equal(callSampling(0, 0)("add", true).sampled, true);
});

test("the ratio is a share of calls", () => {
  const decide = callSampling(0.25, 0);
  const calls = Array.from({ length: 10_000 }, () => decide("add", false).sampled);
  const share = calls.filter(Boolean).length / calls.length;
  assert.ok(share > 0.2 && share < 0.3, `share ${share}`);
});

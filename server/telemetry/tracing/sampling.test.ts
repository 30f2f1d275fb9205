import assert from "node:assert/strict";
import { test } from "node:test";
import { SamplingPolicy } from "./sampling.ts";

test("the first calls of each tool are sampled, later ones by the ratio", () => {
  const policy = new SamplingPolicy(0, 2);
  const sampled = () => ["add", "add", "add", "other"].map((tool) => policy.decide(tool, false).sampled);
  assert.deepEqual(sampled(), [true, true, false, true]);
  assert.deepEqual(sampled(), [false, false, false, true]);
});

test("methods other than tool calls are always sampled", () => {
  assert.equal(new SamplingPolicy(0, 0).decide(undefined, false).sampled, true);
});

test("a trusted sampled parent is always kept", () => {
  assert.equal(new SamplingPolicy(0, 0).decide("add", true).sampled, true);
});

test("the ratio is a share of calls", () => {
  const policy = new SamplingPolicy(0.25, 0);
  const calls = Array.from({ length: 10_000 }, () => policy.decide("add", false).sampled);
  const share = calls.filter(Boolean).length / calls.length;
  assert.ok(share > 0.2 && share < 0.3, `share ${share}`);
});

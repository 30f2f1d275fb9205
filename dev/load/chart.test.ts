import assert from "node:assert/strict";
import { test } from "node:test";
import { chart, linearTicks, powersOfTen } from "./chart.ts";

test("a linear axis begins at 0, ends at or above the most, and has at most eight steps", () => {
  assert.deepEqual(linearTicks(350), [0, 50, 100, 150, 200, 250, 300, 350]);
  assert.deepEqual(linearTicks(0.33), [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
  assert.deepEqual(linearTicks(0), [0, 1]);
});

test("a logarithmic axis has the powers of ten around its values", () => {
  assert.deepEqual(powersOfTen([0.4, 250]), [0.1, 1, 10, 100, 1000]);
  assert.deepEqual(powersOfTen([100]), [100, 1000]);
  assert.deepEqual(powersOfTen([]), [1, 10]);
});

test("points are placed by time and value, and texts cannot break the picture", () => {
  const line = { name: "<b> & c", color: "#000000", points: [[0, 0] as const, [5, 10] as const, [10, 5] as const] };
  const drawn = chart("t", 10, [{ title: "p", scale: "linear", lines: [line] }]);
  assert.match(drawn, /<polyline points="70\.0,220\.0 475\.0,70\.0 880\.0,145\.0"/);
  assert.match(drawn, /&lt;b> &amp; c/);
});

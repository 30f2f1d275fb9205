/** Where moments lie in the picture of a session, and which pauses are folded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { foldsOf, timeline } from "./timeline.ts";

const at = (at: number, durationMs: number) => ({ at, durationMs });

test("without a pause the picture is as wide as the time", () => {
  const stretches = [at(1000, 100), at(1050, 50), at(1100, 100)];
  assert.deepEqual(foldsOf(stretches), []);
  assert.deepEqual([1000, 1050, 1200].map(timeline(stretches, [])), [0, 0.25, 1]);
});

test("an hour between two calls takes a narrow strip, and the calls the rest", () => {
  const stretches = [at(0, 50), at(3_600_000, 50)];
  const folds = foldsOf(stretches);
  assert.deepEqual(folds, [{ from: 50, to: 3_600_000 }]);
  const [begin, end] = [50, 3_600_000].map(timeline(stretches, folds));
  assert.ok(begin !== undefined && end !== undefined);
  assert.ok(Math.abs(begin - 0.5 * (1 - (end - begin))) < 1e-9, `${begin}`);
  assert.ok(end - begin > 0.02 && end - begin < 0.04, `${end - begin}`);
});

test("a pause below a call that lasts, or no longer than a breath, is not folded", () => {
  assert.deepEqual(foldsOf([at(0, 10_000), at(100, 1), at(9000, 1)]), []);
  assert.deepEqual(foldsOf([at(0, 1), at(20, 1)]), []);
});

test("however many the pauses, the calls keep most of the picture, and their order", () => {
  const stretches = Array.from({ length: 200 }, (_, i) => at(i * 60_000, 10));
  const place = timeline(stretches, foldsOf(stretches));
  const widths = stretches.map(({ at: from, durationMs }) => place(from + durationMs) - place(from));
  assert.ok(widths.reduce((sum, width) => sum + width) > 0.7);
  assert.ok(widths.every((width) => width > 0));
  assert.equal(place(199 * 60_000 + 10), 1);
});

test("a single moment has a place too", () => {
  assert.equal(timeline([at(5, 0)], [])(5), 0);
});

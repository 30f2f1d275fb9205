import assert from "node:assert/strict";
import { test } from "node:test";
import { fastForm, shortened, shortenedQuery } from "./fast-form.ts";

for (const [written, short] of [
  ["15s", "1500ms"],
  ["5m", "30s"],
  ["2m", "12s"],
  ["30d", "259200s"],
  ["0m", "0s"],
  ["1ms", "1ms"],
] as const) {
  test(`${written} becomes ${short}`, () => assert.equal(shortened(written), short));
}

test("a compound duration is refused", () => {
  assert.throws(() => shortened("1m30s"), /not a plain duration: 1m30s/);
});

test("ranges, subqueries and offsets of a query are shortened, selectors are not", () => {
  assert.equal(
    shortenedQuery('rate(x{a="[5m]"}[5m]) > max_over_time(y[1h:5m] offset 1d)'),
    'rate(x{a="[30s]"}[30s]) > max_over_time(y[360s:30s] offset 8640s)',
  );
});

test("only intervals and expressions change in a file", () => {
  assert.deepEqual(
    fastForm({ groups: [{ rules: [{ alert: "A", expr: "x[5m]", for: "2m", annotations: { a: "5m" } }] }] }),
    {
      groups: [{ rules: [{ alert: "A", expr: "x[30s]", for: "12s", annotations: { a: "5m" } }] }],
    },
  );
});

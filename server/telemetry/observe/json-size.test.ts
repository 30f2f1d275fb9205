import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonSize } from "./json-size.ts";

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1.5e300,
  Number.NaN,
  "",
  "plain",
  'quotes " and \\ and \n',
  "umlaut ä, emoji 🙂, lone \ud800",
  [],
  [1, "two", undefined, [3]],
  {},
  { a: 1, b: undefined, c: { d: [true, null] }, "key \n": "x" },
  { when: new Date(0) },
];

for (const value of VALUES) {
  test(`the size of ${JSON.stringify(value)} is what its JSON has`, () => {
    assert.equal(jsonSize(value), Buffer.from(JSON.stringify(value) ?? "", "utf8").length);
  });
}

/** V8 walks some values without recursion; keys that are numbers make it recurse. */
for (const key of ["a", "0"]) {
  test(`a value nested deeper than the stack would take has a size like any other, by key ${key}`, () => {
    const depth = 200_000;
    const text = `${`{"${key}":[`.repeat(depth)}1${"]}".repeat(depth)}`;
    assert.equal(jsonSize(JSON.parse(text)), text.length);
  });
}

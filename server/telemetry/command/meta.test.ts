import assert from "node:assert/strict";
import { test } from "node:test";
import { addToMeta } from "./meta.ts";

const CASES: readonly (readonly [title: string, text: string, expected: string])[] = [
  ["no params", '{"id":1}', '{"params":{"_meta":{"k":"v"}},"id":1}'],
  ["no _meta", '{"params":{"a":1.0}}', '{"params":{"_meta":{"k":"v"},"a":1.0}}'],
  ["empty params", '{"params": { } }', '{"params": {"_meta":{"k":"v"} } }'],
  [
    "a _meta with other members",
    '{"params":{"_meta":{"n":9007199254740993}}}',
    '{"params":{"_meta":{"k":"v","n":9007199254740993}}}',
  ],
  ["the same member", '{"params":{"_meta":{"k" : {"x":["]}"]} ,"n":1}}}', '{"params":{"_meta":{"k" : "v" ,"n":1}}}'],
  [
    "the same names elsewhere",
    '{"x":{"params":{"_meta":{}}},"params":{"a":"\\"_meta\\":{","_meta":{}}}',
    '{"x":{"params":{"_meta":{}}},"params":{"a":"\\"_meta\\":{","_meta":{"k":"v"}}}',
  ],
  ["a name with an escape", '{"params":{"\\u005fmeta":{}}}', '{"params":{"\\u005fmeta":{"k":"v"}}}'],
  ["params twice", '{"params":1,"params":{}}', '{"params":1,"params":{"_meta":{"k":"v"}}}'],
  ["params that are a list", '{"params":[1]}\r\n', '{"params":[1]}\r\n'],
  ["a _meta that is null", '{"params":{"_meta":null}}', '{"params":{"_meta":null}}'],
];

for (const [title, text, expected] of CASES) {
  test(`a member is added to the text of a message with ${title}`, () => {
    assert.equal(addToMeta(text, { k: "v" }), expected);
    JSON.parse(expected);
  });
}

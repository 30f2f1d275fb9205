import assert from "node:assert/strict";
import { test } from "node:test";
import { lineReader } from "./lines.ts";

/** What is reported when a text arrives in pieces of `bytes` bytes, with a limit of 8 bytes. */
function reported(text: string, bytes: number): string[] {
  const found: string[] = [];
  const reader = lineReader(
    8,
    (line) => found.push(line),
    () => found.push("OVERLONG"),
  );
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) reader.read(all.subarray(at, at + bytes));
  reader.end();
  return found;
}

for (const bytes of [1, 3, 100]) {
  test(`lines in pieces of ${bytes} bytes`, () => {
    assert.deepEqual(reported("one\r\n\n \ntwé\nlast", bytes), ["one", "twé", "last"]);
  });

  test(`a line above the limit is reported once and skipped, in pieces of ${bytes} bytes`, () => {
    assert.deepEqual(reported("12345678\n123456789abcdefghijk\nnext\n", bytes), ["12345678", "OVERLONG", "next"]);
    assert.deepEqual(reported("123456789abcdefghijk", bytes), ["OVERLONG"]);
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "./inspect/html.ts";
import { visible, visibleJson } from "./visible.ts";

const HIDDEN = [
  "\u001b",
  "\u0000",
  "\b",
  "\r",
  "\u007f",
  "\u009b",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u2028",
  "\u{e0001}",
];

for (const character of HIDDEN) {
  test(`U+${character.codePointAt(0)?.toString(16)} is visible in text, in JSON and on the page`, () => {
    const text = `a${character}b\n\tc\\u001b"`;
    const page = String(html`<b title="${character}">${character}</b>`);
    const parsed = JSON.parse(visibleJson(JSON.stringify({ [text]: text }))) as Record<string, string>;
    for (const output of [visible(text), page, ...Object.entries(parsed).flat()]) {
      assert.ok(!output.includes(character));
    }
    assert.match(visible(text), /^a\\u\{[0-9a-f]+\}b\n\tc\\u001b"$/);
    assert.match(parsed[Object.keys(parsed)[0] ?? ""] ?? "", /^a\\\S+b\n\tc\\u001b"$/);
  });
}

test("other text stays as it is", () => {
  const text = 'plain, ä, 漢字, 🙂, \\ and "quotes"\nsecond\tline';
  assert.equal(visible(text), text);
  assert.equal(JSON.parse(visibleJson(JSON.stringify(text))), text);
});

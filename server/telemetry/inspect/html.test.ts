/** No value becomes markup, whatever it is and wherever it stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, type Value } from "./html.ts";

test("text and quoted attributes hold every value as it is", () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  const expected = "&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;amp;";
  assert.equal(String(html`<a title="${hostile}">${[hostile]}</a>`), `<a title="${expected}">${expected}</a>`);
});

test("only what was made here is markup: an object that looks like it is not", () => {
  assert.equal(String(html`<b>${html`<i>${"<"}</i>`}</b>`), "<b><i>&#60;</i></b>");
  const forged = { toString: () => "<script>" } as unknown as Value;
  assert.equal(String(html`${forged}`), "&#60;script&#62;");
});

test("nothing is written for what is undefined or false, and zero is written", () => {
  assert.equal(String(html`${undefined}${false}${0}`), "0");
});

/**
 * Runs the `sh` blocks of every document that need only this repository. `make recipes` runs those marked `stack`,
 * `slow` or `long-running`. An unknown mark fails, and so does a shell block whose language is not `sh`.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { createServer } from "node:tls";
import { selfSigned } from "../../test/support/certificate.ts";
import { documents } from "../docs/documents.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { blocksOf, MARKS } from "./blocks.ts";
import { follow } from "./follow.ts";
import { RECIPES } from "./recipe.ts";

const SHELLS = ["bash", "shell", "console", "zsh", "shell-session"];

test("every shell block has the language sh and known marks only", () => {
  const blocks = documents().flatMap((document) => blocksOf(document));
  assert.ok(blocks.filter(({ language }) => language === "sh").length > 10);
  for (const { where, language, marks } of blocks) {
    assert.ok(!SHELLS.includes(language), `${where}: change the language ${language} to sh, so that the block is run`);
    if (language !== "sh") continue;
    for (const mark of marks)
      assert.ok(
        MARKS.some((known) => known === mark),
        `${where}: unknown mark "${mark}"; known are ${MARKS.join(", ")}`,
      );
  }
});

const testOf = (document: string) => join(import.meta.dirname, `${basename(document, ".md")}.test.ts`);

/** Whether the document has a test of its own that follows it, with its files and diffs. */
function hasOwnTest(document: string): boolean {
  if (!document.startsWith(RECIPES)) return false;
  const test = readFileSync(testOf(document), "utf8");
  return [`recipe("${basename(document, ".md")}")`, `follow("${document}"`].some((call) => test.includes(call));
}

const unmarked = (document: string) =>
  blocksOf(document).filter(({ language, marks }) => language === "sh" && marks.length === 0);

describe("the sh blocks of a document without a test of its own run as printed", () => {
  for (const document of documents().filter((one) => unmarked(one).length > 0 && !hasOwnTest(one))) {
    test(document, async (t) => {
      const copy = copyOfThis();
      const tls = createServer(selfSigned(new Date(Date.now() + 86_400_000))).listen(0, "127.0.0.1");
      t.after(() => {
        tls.close();
        rmSync(copy.directory, { recursive: true });
      });
      await once(tls, "listening");
      const target = `127.0.0.1:${(tls.address() as AddressInfo).port}`;
      assert.equal(await follow(document, copy.directory, [], { TARGET: target }), unmarked(document).length);
    });
  }
});

test("every recipe has a test file of the same name", () => {
  for (const document of documents().filter((one) => one.startsWith(RECIPES))) {
    assert.ok(existsSync(testOf(document)), document);
  }
});

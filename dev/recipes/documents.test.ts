/**
 * Every `sh` block of every document is run: here, where it needs nothing but this repository; by `make recipes`, where
 * it is marked `stack`, `slow` or `long-running`. A mark that nobody knows, or a shell block that is not called `sh`, is refused.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { createServer } from "node:tls";
import { selfSigned } from "../../test/support/certificate.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { blocksOf, documents, MARKS } from "./blocks.ts";
import { follow } from "./follow.ts";
import { RECIPES } from "./recipe.ts";

const SHELLS = ["bash", "shell", "console", "zsh", "shell-session"];

test("a shell block is called sh, and its marks are known", () => {
  const blocks = documents().flatMap((document) => blocksOf(document));
  assert.ok(blocks.filter(({ language }) => language === "sh").length > 10);
  for (const { where, language, marks } of blocks) {
    assert.ok(!SHELLS.includes(language), `${where}: ${language}: call it sh, so that it is run`);
    if (language !== "sh") continue;
    for (const mark of marks)
      assert.ok(
        MARKS.some((known) => known === mark),
        `${where}: what is "${mark}"?`,
      );
  }
});

const testOf = (document: string) => join(import.meta.dirname, `${basename(document, ".md")}.test.ts`);

/** Whether its own test follows it as a whole, with its files and diffs. */
function hasFollower(document: string): boolean {
  if (!document.startsWith(RECIPES)) return false;
  const test = readFileSync(testOf(document), "utf8");
  return [`recipe("${basename(document, ".md")}")`, `follow("${document}"`].some((call) => test.includes(call));
}

const unmarked = (document: string) =>
  blocksOf(document).filter(({ language, marks }) => language === "sh" && marks.length === 0);

describe("what no recipe's own test follows works as printed", () => {
  for (const document of documents().filter((one) => unmarked(one).length > 0 && !hasFollower(one))) {
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

test("every recipe has a test of its name", () => {
  for (const document of documents().filter((one) => one.startsWith(RECIPES))) {
    assert.ok(existsSync(testOf(document)), document);
  }
});

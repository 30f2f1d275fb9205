/**
 * Every `sh` block of every document is run: here, where it needs nothing but this repository; by `make recipes`, where
 * it is marked `stack` or `whole`. A mark that nobody knows, or a shell block that is not called `sh`, is refused.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { createServer } from "node:tls";
import { copyOfThis } from "../init/copy.ts";
import { selfSigned } from "../probe/test/certificate.ts";
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

/** Those of recipes are run by the recipes' own tests, as one. */
const others = documents().filter((document) => !document.startsWith(RECIPES));
const unmarked = (document: string) =>
  blocksOf(document).filter(({ language, marks }) => language === "sh" && marks.length === 0);

describe("what is printed outside the recipes works as printed", () => {
  for (const document of others.filter((one) => unmarked(one).length > 0)) {
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

test("every recipe has a test of its name, that follows it", () => {
  for (const document of documents().filter((one) => one.startsWith(RECIPES))) {
    const name = basename(document, ".md");
    assert.ok(existsSync(join(import.meta.dirname, `${name}.test.ts`)), document);
  }
});

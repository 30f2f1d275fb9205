import assert from "node:assert/strict";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { documents } from "./documents.ts";
import { anchorsOf, linksOf } from "./links.ts";

const ELSEWHERE = /^[a-z]+:/;

/** Every relative link of a document that leads to no file or to no heading. */
function broken(root: string, document: string): readonly string[] {
  return linksOf(root, document).flatMap(({ line, target }) => {
    if (ELSEWHERE.test(target)) return [];
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : join(dirname(document), path);
    const leads =
      existsSync(join(root, file)) &&
      (anchor === undefined || (file.endsWith(".md") && anchorsOf(root, file).has(anchor)));
    return leads ? [] : [`${document}:${line}: ${target}`];
  });
}

test("every relative link in a document leads to a file, and every anchor to a heading", () => {
  assert.deepEqual(
    documents().flatMap((document) => broken(ROOT, document)),
    [],
  );
});

test("a missing file, a missing heading and a missing picture are found; code is not read", () => {
  const root = mkdtempSync(join(tmpdir(), "links-"));
  const text = [
    "# Here, there & `everywhere`",
    "[good](#here-there--everywhere) [outside](https://example.org/none) [good](a.md)",
    "[no heading](a.md#nowhere) [no file](b.md)",
    '<img src="none.png">',
    "`[code](c.md)`",
    "```md\n[code](d.md)\n# Not a heading\n```",
    "[no heading](#not-a-heading)",
  ];
  writeFileSync(join(root, "a.md"), text.join("\n"));
  assert.deepEqual(broken(root, "a.md"), [
    "a.md:3: a.md#nowhere",
    "a.md:3: b.md",
    "a.md:4: none.png",
    "a.md:10: #not-a-heading",
  ]);
});

/** The diffs of the recipes fit the files that they change. `make template-test` follows the recipes and runs their checks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { documents } from "../docs/documents.ts";
import { firstFailingDiff } from "../recipes/follow.ts";
import { isDerivedProject, RECIPES } from "../recipes/recipe.ts";

/** Its diffs change the files of another project. */
const OF_ANOTHER_PROJECT = `${RECIPES}lift-the-telemetry.md`;

for (const document of documents().filter((one) => one.startsWith(RECIPES) && one !== OF_ANOTHER_PROJECT)) {
  test(`the diffs of ${document} apply to this repository`, async (t) => {
    const failing = await firstFailingDiff(document, ROOT);
    if (failing !== undefined && isDerivedProject()) return t.skip(`the diff at ${failing} no longer applies`);
    assert.equal(failing, undefined, "write the diff again from the files as they are now");
  });
}

/** A recipe as a test: a copy of this tree, the document followed to the letter, and what `make check` begins with. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { TELEMETRY_VARIABLES } from "../../server/telemetry/config.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { documents } from "./blocks.ts";
import { alreadyThere, fits, follow, program } from "./follow.ts";

export const RECIPES = "docs/recipes/";

const GREEN = [
  "npm run --silent lint",
  "npm run --silent types",
  "node grafana/src/render.ts --check",
  "node dev/docs/main.ts --check",
];

/** In one's own project, and where a recipe was followed, the lines that another one changes may have moved on. */
function grown(): boolean {
  const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const renamed = name === TELEMETRY_VARIABLES.serviceName.schema.parse(undefined);
  return renamed || documents().some((document) => alreadyThere(document) !== undefined);
}

export function recipe(name: string): void {
  const document = `${RECIPES}${name}.md`;
  test(`${document}, followed to the letter: its own tests, lint, types and rendered files are green`, async (t) => {
    const there = alreadyThere(document);
    if (there !== undefined) return t.skip(`${there} is there already`);
    const copy = copyOfThis();
    t.after(() => rmSync(copy.directory, { recursive: true }));
    const unfit = await fits(document, copy.directory);
    if (unfit !== undefined && grown()) return t.skip(`this project has moved on from ${unfit}`);
    await follow(document, copy.directory);
    for (const command of GREEN) await program(copy.directory, command, "sh", ["-c", command]);
  });
}

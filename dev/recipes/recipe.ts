/** A recipe as a test: follows the document in a copy of the repository, then runs the fast checks of `make check`. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TELEMETRY_VARIABLES } from "mcp-telemetry/config";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { documents } from "../docs/documents.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { existingFile, firstFailingDiff, follow, program } from "./follow.ts";

export const RECIPES = "docs/recipes/";

const CHECKS = [
  "npm run --silent lint",
  "npm run --silent types",
  "node grafana/src/render.ts --check",
  "node dev/docs/main.ts --check",
];

/**
 * Whether this is a renamed project, or one in which a recipe was followed. The lines that a diff changes may then
 * differ from the template's.
 */
export function isDerivedProject(): boolean {
  const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const renamed = name === TELEMETRY_VARIABLES.serviceName.schema.parse(undefined);
  return renamed || documents().some((document) => existingFile(document) !== undefined);
}

export function recipe(name: string): void {
  const document = `${RECIPES}${name}.md`;
  test(`${document}, followed step by step: its tests, lint, types and rendered files pass`, async (t) => {
    const existing = existingFile(document);
    if (existing !== undefined) return t.skip(`${existing} already exists`);
    const copy = copyOfThis();
    t.after(() => rmSync(copy.directory, { recursive: true }));
    const failing = await firstFailingDiff(document, copy.directory);
    if (failing !== undefined && isDerivedProject()) return t.skip(`the diff at ${failing} no longer applies`);
    await follow(document, copy.directory);
    for (const command of CHECKS) await program(copy.directory, command, "sh", ["-c", command]);
  });
}

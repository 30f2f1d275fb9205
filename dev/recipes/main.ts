/**
 * `make recipes`: every document that has `sh` blocks, followed in a copy, those that take minutes or a running stack
 * too: `make check` after each recipe, `make up` and what is seen then. A name as argument limits it to the documents
 * that have it in theirs.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { blocksOf, documents, type Mark } from "./blocks.ts";
import { follow, program } from "./follow.ts";
import { runUntilReachable } from "./long-running.ts";

const only = process.argv[2] ?? "";
const TELEMETRY = "server/telemetry/README.md";
/** These need a machine of their own, and are tried by the tests beside this file. */
const ELSEWHERE = ["docs/recipes/lift-the-telemetry.md"];
const HERE: readonly Mark[] = ["stack", "slow"];

/** Where a document is followed: its reader's own project. */
function place(document: string): string {
  if (document !== TELEMETRY) return copyOfThis().directory;
  const folder = mkdtempSync(join(tmpdir(), "lifted-"));
  cpSync(join(ROOT, "server", "telemetry"), join(folder, "telemetry"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  return folder;
}

/** Printed ports are the stack's own: where the environment has others, those. */
function ported(text: string): string {
  const now = stackVariables();
  return Object.entries(stackVariables({}))
    .filter(([name]) => name.endsWith("_PORT"))
    .reduce((changed, [name, port]) => changed.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${now[name]}`), text);
}

let failed = 0;
for (const document of documents().filter((one) => one.includes(only) && !ELSEWHERE.includes(one))) {
  const blocks = blocksOf(document).filter(({ language }) => language === "sh");
  const stack = blocks.filter(({ marks }) => marks.includes("stack"));
  const staying = blocks.filter(({ marks }) => marks.includes("long-running"));
  const count = blocks.filter(({ marks }) => marks.every((mark) => [...HERE, "long-running"].includes(mark))).length;
  if (count === 0) continue;
  const folder = place(document);
  const start = performance.now();
  try {
    if (stack.length > 0 && !stack.some(({ text }) => text.includes("make up"))) {
      await program(folder, "make up", "make", ["up"]);
    }
    await follow(document, folder, HERE, {}, ported);
    if (stack.length > 0) await program(folder, "make down", "make", ["down"]);
    for (const { where, text } of staying) await runUntilReachable(folder, where, ported(text));
    process.stdout.write(`${document}: ${count} blocks, ${Math.round((performance.now() - start) / 1000)} s\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`${document}: FAILED\n${error instanceof Error ? error.message : error}\n`);
  } finally {
    if (stack.length > 0) await program(folder, "make down", "make", ["down"]);
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = failed === 0 ? 0 : 1;

/**
 * `make recipes`: follows every document that has `sh` blocks in a copy of the repository, including the blocks that
 * take minutes or need a running stack. An argument limits it to the documents whose path contains it.
 */
import { rmSync } from "node:fs";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { documents } from "../docs/documents.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { blocksOf, type Mark } from "./blocks.ts";
import { follow, program } from "./follow.ts";
import { runUntilReachable } from "./long-running.ts";

const only = process.argv[2] ?? "";
/** Documents that the tests in this folder follow in a project of their own. */
const FOLLOWED_BY_TESTS = ["docs/recipes/lift-the-telemetry.md"];
const ALLOWED: readonly Mark[] = ["stack", "slow"];

/** Replaces the stack's default ports in a text by those of the environment. */
function withActualPorts(text: string): string {
  const now = stackVariables();
  return Object.entries(stackVariables({}))
    .filter(([name]) => name.endsWith("_PORT"))
    .reduce((changed, [name, port]) => changed.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${now[name]}`), text);
}

let failed = 0;
for (const document of documents().filter((one) => one.includes(only) && !FOLLOWED_BY_TESTS.includes(one))) {
  const blocks = blocksOf(document).filter(({ language }) => language === "sh");
  const stack = blocks.filter(({ marks }) => marks.includes("stack"));
  const longRunning = blocks.filter(({ marks }) => marks.includes("long-running"));
  const count = blocks.filter(({ marks }) => marks.every((mark) => [...ALLOWED, "long-running"].includes(mark))).length;
  if (count === 0) continue;
  const folder = copyOfThis().directory;
  const start = performance.now();
  try {
    if (stack.length > 0 && !stack.some(({ text }) => text.includes("make up"))) {
      await program(folder, "make up", "make", ["up"]);
    }
    await follow(document, folder, ALLOWED, {}, withActualPorts);
    if (stack.length > 0) await program(folder, "make down", "make", ["down"]);
    for (const { where, text } of longRunning) await runUntilReachable(folder, where, withActualPorts(text));
    process.stdout.write(`${document}: ran ${count} blocks, ${Math.round((performance.now() - start) / 1000)} s\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`${document}: FAILED\n${error instanceof Error ? error.message : error}\n`);
  } finally {
    if (stack.length > 0) await program(folder, "make down", "make", ["down"]);
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = failed === 0 ? 0 : 1;

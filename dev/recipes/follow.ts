/**
 * Follows a document block by block, in order: writes the files, applies the diffs, and runs the `sh` blocks that have
 * only allowed marks.
 */
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { type Block, blocksOf, type Mark } from "./blocks.ts";

/** Lines; what failed stands last. */
const SHOWN = 60;

/** Runs a program. @param where shown in the error message @throws with the end of its output when it fails */
export async function program(
  directory: string,
  where: string,
  name: string,
  args: readonly string[],
  own = {},
): Promise<void> {
  const { NODE_TEST_CONTEXT: _test, MAKEFLAGS: _flags, MAKELEVEL: _level, ...outer } = process.env;
  const env = { ...outer, PATH: `${dirname(process.execPath)}:${outer.PATH}`, ...own };
  const child = spawnChild(name, args, { cwd: directory, env, group: true });
  child.stdin.end();
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
  }
  const [code, signal] = await once(child, "close");
  if (code === 0) return;
  const last = printed.trim().split("\n").slice(-SHOWN).join("\n");
  throw new Error(`${where}: ${last || `ended with ${code ?? signal}`}`);
}

/** A block with a title is a file, except for an `env` block, whose title is only a name. */
const isFile = ({ language, title }: Block): boolean => title !== undefined && language !== "env";
const filesOf = (document: string): readonly Block[] => blocksOf(document).filter(isFile);

async function apply(directory: string, { where, text }: Block, ...options: string[]): Promise<void> {
  const outside = mkdtempSync(join(tmpdir(), "recipe-"));
  const patch = join(outside, "diff.patch");
  writeFileSync(patch, text);
  try {
    await program(directory, where, "git", ["apply", ...options, patch]);
  } finally {
    rmSync(outside, { recursive: true });
  }
}

function write(directory: string, { where, title = "", text }: Block): void {
  const path = join(directory, title);
  if (existsSync(path)) throw new Error(`${where}: ${title} already exists`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * @param own environment variables of the `sh` blocks, in addition to the caller's
 * @param adapt changes the text of an `sh` block before it is run
 * @returns how many `sh` blocks were run
 */
export async function follow(
  document: string,
  directory: string,
  allowed: readonly Mark[] = [],
  own: Readonly<Record<string, string>> = {},
  adapt: (text: string) => string = (text) => text,
): Promise<number> {
  let count = 0;
  for (const block of blocksOf(document)) {
    if (block.language === "diff") await apply(directory, block);
    else if (block.language === "sh" && block.marks.every((mark) => allowed.some((one) => one === mark))) {
      await program(directory, block.where, "sh", ["-euc", adapt(block.text)], own);
      count += 1;
    } else if (isFile(block)) write(directory, block);
  }
  return count;
}

/** The first file of a document that already exists in this repository. */
export const existingFile = (document: string): string | undefined =>
  filesOf(document).find(({ title = "" }) => existsSync(join(ROOT, title)))?.title;

/** Where the first diff stands that does not apply to the files in `directory`; undefined when all apply. */
export async function firstFailingDiff(document: string, directory: string): Promise<string | undefined> {
  for (const block of blocksOf(document).filter(({ language }) => language === "diff")) {
    try {
      await apply(directory, block, "--check");
    } catch {
      return block.where;
    }
  }
  return undefined;
}

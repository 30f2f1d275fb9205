/**
 * The fenced blocks of a document. A fence's first word is its language; `title=path` makes the block a file, and a
 * mark says what an `sh` block needs that a machine with this repository alone has not.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

/**
 * `docker`: a Docker engine. `account`: somebody's account. `stack`: a running stack. `slow`: minutes, or a package
 * registry. `long-running`: goes on until it is stopped; it is up when the address that it names answers. The last three are run
 * by `make recipes`.
 */
export const MARKS = ["docker", "account", "stack", "slow", "long-running"] as const;
export type Mark = (typeof MARKS)[number];

export interface Block {
  /** Such as `docs/recipes/add-a-tool.md:12`. */
  readonly where: string;
  readonly language: string;
  readonly title: string | undefined;
  readonly marks: readonly string[];
  readonly text: string;
}

/** Every document, relative to the repository. */
export const documents = (): readonly string[] =>
  globSync("**/*.md", { cwd: ROOT, exclude: ["node_modules", ".*"] }).toSorted();

const FENCE = /^( *)(`{3,}|~{3,})([^\n]*)\n(?:([\s\S]*?)\n)?\1\2 *$/gm;

export function blocksOf(document: string, root = ROOT): readonly Block[] {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(FENCE)].map(({ index, 1: indent = "", 3: info = "", 4: inside = "" }) => {
    const [language = "", ...words] = info.trim().split(/\s+/);
    const [titles, marks] = [
      words.filter((word) => word.startsWith("title=")),
      words.filter((word) => !word.includes("=")),
    ];
    return {
      where: `${document}:${text.slice(0, index).split("\n").length}`,
      language,
      title: titles[0]?.slice("title=".length),
      marks,
      text: `${inside.replaceAll(`\n${indent}`, "\n").slice(indent.length)}\n`,
    };
  });
}

/**
 * Reads the fenced code blocks of a document. The first word of a fence is the language. `title=path` makes the block
 * a file. A mark says what an `sh` block needs besides this repository.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

/**
 * `docker`: needs a Docker engine. `cluster`: needs a Kubernetes cluster. `account`: needs an account of a third party.
 * `stack`: needs a running stack. `slow`: takes minutes, or needs a package registry. `long-running`: runs until it is
 * stopped; it is ready when the address in its text answers. `make recipes` runs the last three. `package`: needs the
 * built package and npm; the test of the package runs it.
 */
export const MARKS = ["docker", "cluster", "account", "stack", "slow", "long-running", "package"] as const;
export type Mark = (typeof MARKS)[number];

export interface Block {
  /** Such as `docs/recipes/add-a-tool.md:12`. */
  readonly where: string;
  readonly language: string;
  readonly title: string | undefined;
  readonly marks: readonly string[];
  readonly text: string;
}

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

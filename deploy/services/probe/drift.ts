/**
 * Whether a target's tools are still those it had: a hash of names and schemas. Descriptions do not count, nor do the
 * orders of tools and of keys.
 */
import { createHash } from "node:crypto";

export interface ListedTool {
  readonly name: string;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
}

export interface Differences {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly hash: string;
}

/** Names are the target's own: they are cut before they are logged, and so is their list. */
const MAX_NAMES = 50;
const MAX_NAME = 64;

export class Drift {
  #first: string | undefined;
  #last = new Map<string, string>();
  #hash = "";

  /** @returns what is different from the list before; undefined when nothing is, or nothing came before */
  see(tools: readonly ListedTool[]): Differences | undefined {
    const before = this.#last;
    const known = this.#first !== undefined;
    const now = new Map(tools.map((tool) => [tool.name, hashOf([tool.inputSchema, tool.outputSchema])]));
    const hash = hashOf([...now].sort());
    const same = hash === this.#hash;
    this.#last = now;
    this.#hash = hash;
    this.#first ??= hash;
    if (same || !known) return undefined;
    return {
      added: shown([...now.keys()].filter((name) => !before.has(name))),
      removed: shown([...before.keys()].filter((name) => !now.has(name))),
      changed: shown([...now].flatMap(([name, own]) => (before.has(name) && before.get(name) !== own ? [name] : []))),
      hash,
    };
  }

  /** Whether the newest list differs from the first one. */
  get changed(): boolean {
    return this.#hash !== (this.#first ?? "");
  }
}

const hashOf = (value: unknown): string => createHash("sha256").update(canonical(value)).digest("hex");

/** JSON with its keys in order; what JSON cannot say is null. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

const shown = (names: readonly string[]): string[] =>
  names.slice(0, MAX_NAMES).map((name) => name.replace(/\p{Cc}/gu, "").slice(0, MAX_NAME));

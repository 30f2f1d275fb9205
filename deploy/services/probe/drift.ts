/**
 * Detects changes of a target's tools by a hash of their names and schemas. Descriptions and the order of tools and keys
 * do not count.
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

/** Limits of the log line, because the target chooses the names. */
const MAX_NAMES = 50;
const MAX_NAME_LENGTH = 64;

export class Drift {
  #first: string | undefined;
  #last = new Map<string, string>();
  #hash = "";

  /** @returns the differences from the previous list; undefined for the first list, and when there are none */
  compare(tools: readonly ListedTool[]): Differences | undefined {
    const before = this.#last;
    const isFirst = this.#first === undefined;
    const now = new Map(tools.map((tool) => [tool.name, hashOf([tool.inputSchema, tool.outputSchema])]));
    const hash = hashOf([...now].sort());
    const same = hash === this.#hash;
    this.#last = now;
    this.#hash = hash;
    this.#first ??= hash;
    if (same || isFirst) return undefined;
    return {
      added: loggable([...now.keys()].filter((name) => !before.has(name))),
      removed: loggable([...before.keys()].filter((name) => !now.has(name))),
      changed: loggable(
        [...now].flatMap(([name, own]) => (before.has(name) && before.get(name) !== own ? [name] : [])),
      ),
      hash,
    };
  }

  /** Whether the newest list differs from the first one. */
  get changed(): boolean {
    return this.#hash !== (this.#first ?? "");
  }
}

const hashOf = (value: unknown): string => createHash("sha256").update(canonical(value)).digest("hex");

/** JSON with sorted keys; a value that JSON cannot represent becomes null. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

const loggable = (names: readonly string[]): string[] =>
  names.slice(0, MAX_NAMES).map((name) => name.replace(/\p{Cc}/gu, "").slice(0, MAX_NAME_LENGTH));

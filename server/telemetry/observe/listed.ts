/**
 * Learns the names of tools and prompts from what a server lists, where they are not to be seen otherwise. Every other name
 * is `_OTHER`.
 */
import { asFields } from "../request/call.ts";
import type { Names } from "./tool-catalogue.ts";

/** Of each kind: names become labels, and a server could make up new ones for each list. */
const MAX_NAMES = 1000;
/** Of one name, as the specification of MCP has it for tools. */
const MAX_NAME_LENGTH = 128;

/** The methods that list, and where their results have the list. */
export const LISTS: ReadonlyMap<string, "tools" | "prompts"> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
]);

export type ListedNames = ReturnType<typeof listedNames>;

export function listedNames(emitted: Names) {
  const known = { tools: new Set<string>(), prompts: new Set<string>() };

  const learn = (kind: "tools" | "prompts", entry: unknown) => {
    const { name, annotations } = asFields(entry);
    const ofKind = known[kind];
    if (typeof name !== "string" || name.length > MAX_NAME_LENGTH) return;
    if (!ofKind.has(name) && ofKind.size >= MAX_NAMES) return;
    ofKind.add(name);
    if (kind === "prompts") return emitted.addPrompt(name);
    emitted.add(name);
    emitted.setReadOnly(name, asFields(annotations).readOnlyHint === true);
  };

  return {
    /** Whether a list of tools was read. */
    toolsKnown: () => known.tools.size > 0,

    /** @param method one of {@link LISTS} @param result what answers it */
    learnFrom(method: string, result: unknown): void {
      const kind = LISTS.get(method);
      const list = kind && asFields(result)[kind];
      for (const entry of Array.isArray(list) ? list : []) if (kind !== undefined) learn(kind, entry);
    },
  };
}

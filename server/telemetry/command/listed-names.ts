/** Learns the names of tools and prompts from what a server lists. Every other name is `_OTHER`. */
import type { Message, RequestId } from "../observe/mcp.ts";
import type { Names } from "../observe/tool-catalogue.ts";
import { asFields } from "../request/call.ts";

/** Of each kind: names become labels, and a server could make up new ones for each list. */
const MAX_NAMES = 1000;
/** Of one name, as the specification of MCP has it for tools. */
const MAX_NAME_LENGTH = 128;
/** Lists of one connection that are asked for and not answered. */
const MAX_ASKED = 1000;

const LISTS: ReadonlyMap<string, "tools" | "prompts"> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
]);

/** @param emitted gets the names of one server */
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

    /** Reads the lists that pass in one connection, whose request ids are its own. */
    inConnection() {
      const asked = new Map<RequestId, "tools" | "prompts">();
      return {
        requested({ id, method = "" }: Message): void {
          const kind = LISTS.get(method);
          if (kind !== undefined && id !== undefined && asked.size < MAX_ASKED) asked.set(id, kind);
        },

        answered({ id, result }: Message): void {
          const kind = id === undefined ? undefined : asked.get(id);
          if (id === undefined || kind === undefined) return;
          asked.delete(id);
          const list = asFields(result)[kind];
          for (const entry of Array.isArray(list) ? list : []) learn(kind, entry);
        },
      };
    },
  };
}

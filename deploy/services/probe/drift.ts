/** Compares what a target lists with what was approved of it. The order of tools and of keys does not count. */
import type { ProbeChange } from "mcp-telemetry/conventions";
import { byName, canonical, type ListedTool, type Listing } from "./listing.ts";

export interface Change {
  readonly kind: ProbeChange;
  /** Undefined for the instructions. */
  readonly tool?: string;
}

const KINDS: ReadonlyMap<string, ProbeChange> = new Map([
  ["title", "title"],
  ["description", "description"],
  ["annotations", "annotations"],
  ["inputSchema", "input_schema"],
  ["outputSchema", "output_schema"],
]);

/** @returns one change for each tool and kind; none when both are the same. A second definition of one name is added, too */
export function changesBetween(before: Listing, now: Listing): readonly Change[] {
  const [old, listed] = [byName(before), byName(now)];
  const tools = [...new Set([...listed.keys(), ...old.keys()])];
  return [
    ...tools.flatMap((tool) =>
      changedKinds(old.get(tool) ?? [], listed.get(tool) ?? []).map((kind) => ({ kind, tool })),
    ),
    ...(before.instructions === now.instructions ? [] : [{ kind: "instructions" } as const]),
  ];
}

/** Compares the definitions of one name, member by member. */
function changedKinds(before: readonly ListedTool[], now: readonly ListedTool[]): readonly ProbeChange[] {
  if (now.length > before.length) return ["tool_added"];
  if (now.length < before.length) return ["tool_removed"];
  const members = new Set([...before, ...now].flatMap(Object.keys));
  const values = (tools: readonly ListedTool[], member: string) => canonical(tools.map((tool) => tool[member]));
  const changed = [...members].filter((member) => values(before, member) !== values(now, member));
  return [...new Set(changed.map((member) => KINDS.get(member) ?? "other"))];
}

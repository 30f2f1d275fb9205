/** The results of one run of the bench, in the form of its JSON file. */
import type { IdleSessions } from "./idle-sessions.ts";
import type { InspectorCosts } from "./inspector.ts";
import type { Rows } from "./rounds.ts";
import type { ToolCountCost } from "./tool-count.ts";

/** The variants that are measured by their number of tools. */
export const TOOL_COUNT_LETTERS = ["a", "c", "g", "h"] as const;
export type ToolCountLetter = (typeof TOOL_COUNT_LETTERS)[number];

export interface Results {
  readonly machine: { readonly cpus: number; readonly model: string; readonly node: string };
  readonly rounds: number;
  readonly rows: Rows;
  /** Of the bare server (a), and of this server with everything on (c). */
  readonly idle: Readonly<Record<"a" | "c", IdleSessions>>;
  /** By number of tools. */
  readonly tools: Readonly<Record<ToolCountLetter, Readonly<Record<number, ToolCountCost>>>>;
  readonly inspector: InspectorCosts;
}

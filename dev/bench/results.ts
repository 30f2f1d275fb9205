/** The results of one run of the bench, in the form of its JSON file. */
import type { IdleSessions } from "./idle-sessions.ts";
import type { InspectorCosts } from "./inspector.ts";
import type { Rows } from "./rounds.ts";
import type { ToolCountCost } from "./tool-count.ts";

export interface Results {
  readonly machine: { readonly cpus: number; readonly model: string; readonly node: string };
  readonly rounds: number;
  readonly rows: Rows;
  /** Of the bare server (a), and of this server with everything on (c). */
  readonly idle: Readonly<Record<"a" | "c", IdleSessions>>;
  /** By number of tools. */
  readonly tools: Readonly<Record<"a" | "c", Readonly<Record<number, ToolCountCost>>>>;
  readonly inspector: InspectorCosts;
}

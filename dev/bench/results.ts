/** What a run of the bench found; this is the JSON it writes. */
import type { Idle } from "./idle.ts";
import type { Inspected } from "./inspector.ts";
import type { Rows } from "./rounds.ts";
import type { ByTools } from "./tools-curve.ts";

export interface Results {
  readonly machine: { readonly cpus: number; readonly model: string; readonly node: string };
  readonly rounds: number;
  readonly rows: Rows;
  /** The bare server and this one with everything on. */
  readonly idle: Readonly<Record<"a" | "c", Idle>>;
  /** By number of tools. */
  readonly tools: Readonly<Record<"a" | "c", Readonly<Record<number, ByTools>>>>;
  readonly inspector: Inspected;
}

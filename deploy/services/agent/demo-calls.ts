/** Calls of the demo's tools. */
import type { Stage } from "./calls.ts";

/** Every so many runs one call fails: far below every alert's threshold. */
const RUNS_PER_FAILURE = 200;
const CATALOG = { service: "catalog", span: "SELECT items" };

/** @param run its number, from 1 */
export const demoStages = (run: number): readonly Stage[] => [
  [
    { tool: "lookup_item", args: { sku: "A-1" }, subAgent: "pricing", reaches: CATALOG },
    { tool: "lookup_item", args: { sku: "A-10" }, subAgent: "stock", reaches: CATALOG },
  ],
  run % RUNS_PER_FAILURE === 0 ? [{ tool: "misbehave", args: { mode: "error" } }] : [],
];

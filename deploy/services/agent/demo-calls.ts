/** Calls of the demo's tools. */
import type { AgentCall, Stage } from "./calls.ts";

/** Every so many runs one call fails: far below every alert's threshold. */
const RUNS_PER_FAILURE = 200;
/** It may write, so the audit log has a line from the first run on. */
const WRITE: AgentCall = { tool: "misbehave", args: { mode: "slow", ms: 1 } };
const CATALOG = { service: "catalog", span: "SELECT items" };

/** @param run its number, from 1 */
export const demoStages = (run: number): readonly Stage[] => [
  [
    { tool: "lookup_item", args: { sku: "A-1" }, subAgent: "pricing", reaches: CATALOG },
    { tool: "lookup_item", args: { sku: "A-10" }, subAgent: "stock", reaches: CATALOG },
  ],
  run === 1 ? [WRITE] : [],
  run % RUNS_PER_FAILURE === 0 ? [{ tool: "misbehave", args: { mode: "error" } }] : [],
];

/** The golden signals of each tool over the last minutes: calls, errors, latency, sizes and cost. */
import { OUTCOMES } from "../conventions.ts";
import type { Request } from "./requests.ts";

export const WINDOW_MS = 5 * 60_000;
const INTERVALS = 30;

export type ToolSignals = ReturnType<typeof signals>;

/** @param from start of the recorded time within the window, in milliseconds since the epoch @param to its end */
export function signalsOf(requests: readonly Request[], from: number, to: number): readonly ToolSignals[] {
  const calls = requests.filter(({ tool, at, durationMs }) => tool !== undefined && at + durationMs >= from);
  return [...Map.groupBy(calls, ({ tool }) => String(tool))]
    .map(([tool, ofTool]) => signals(tool, ofTool, from, to))
    .toSorted((a, b) => b.calls - a.calls || a.tool.localeCompare(b.tool));
}

function signals(tool: string, calls: readonly Request[], from: number, to: number) {
  const outcomes = OUTCOMES.map((outcome) => [outcome, calls.filter((call) => call.outcome === outcome).length]);
  const quantileOf = (measure: (call: Request) => number | undefined, rank: number) =>
    quantile(
      calls.map(measure).filter((value) => value !== undefined),
      rank,
    );
  return {
    tool,
    calls: calls.length,
    perSecond: calls.length / Math.max(1, (to - from) / 1000),
    outcomes: Object.fromEntries(outcomes) as Record<(typeof OUTCOMES)[number], number>,
    p50Ms: quantileOf(({ durationMs }) => durationMs, 0.5),
    p95Ms: quantileOf(({ durationMs }) => durationMs, 0.95),
    maxMs: quantileOf(({ durationMs }) => durationMs, 1),
    overBudget: calls.filter(({ durationMs, budgetMs = Infinity }) => durationMs > budgetMs).length,
    inputBytes: quantileOf(({ inputBytes }) => inputBytes, 0.5),
    outputBytes: quantileOf(({ outputBytes }) => outputBytes, 0.5),
    costUsd: calls.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    course: callsPerInterval(calls, to),
  };
}

/** Calls and errors of each ten seconds of the window, the oldest first. */
function callsPerInterval(calls: readonly Request[], to: number) {
  const intervals = Array.from({ length: INTERVALS }, () => ({ calls: 0, errors: 0 }));
  for (const { at, durationMs, outcome } of calls) {
    const interval = intervals[INTERVALS - 1 - Math.floor(((to - at - durationMs) / WINDOW_MS) * INTERVALS)];
    if (interval === undefined) continue;
    interval.calls += 1;
    if (outcome === "error") interval.errors += 1;
  }
  return intervals;
}

/** By nearest rank; undefined without values. */
const quantile = (values: readonly number[], rank: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(rank * values.length) - 1)];

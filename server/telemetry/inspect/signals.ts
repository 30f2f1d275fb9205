/** The golden signals of each tool over the last minutes. */
import { OUTCOMES } from "../conventions.ts";
import type { Request } from "./requests.ts";

export const WINDOW_MS = 5 * 60_000;
const BUCKETS = 30;

export type ToolSignals = ReturnType<typeof signals>;

/** @param from start of the time that is known, within the window; milliseconds since the epoch @param to its end */
export function signalsOf(requests: readonly Request[], from: number, to: number): readonly ToolSignals[] {
  const calls = requests.filter(({ tool, at, durationMs }) => tool !== undefined && at + durationMs >= from);
  return [...Map.groupBy(calls, ({ tool }) => String(tool))]
    .map(([tool, own]) => signals(tool, own, from, to))
    .toSorted((a, b) => b.calls - a.calls || a.tool.localeCompare(b.tool));
}

function signals(tool: string, calls: readonly Request[], from: number, to: number) {
  const outcomes = OUTCOMES.map((outcome) => [outcome, calls.filter((call) => call.outcome === outcome).length]);
  const of = (measure: (call: Request) => number | undefined, rank: number) =>
    quantile(
      calls.map(measure).filter((value) => value !== undefined),
      rank,
    );
  return {
    tool,
    calls: calls.length,
    perSecond: calls.length / Math.max(1, (to - from) / 1000),
    outcomes: Object.fromEntries(outcomes) as Record<(typeof OUTCOMES)[number], number>,
    p50Ms: of(({ durationMs }) => durationMs, 0.5),
    p95Ms: of(({ durationMs }) => durationMs, 0.95),
    maxMs: of(({ durationMs }) => durationMs, 1),
    overBudget: calls.filter(({ durationMs, budgetMs = Infinity }) => durationMs > budgetMs).length,
    inputBytes: of(({ inputBytes }) => inputBytes, 0.5),
    outputBytes: of(({ outputBytes }) => outputBytes, 0.5),
    costUsd: calls.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    course: courseOf(calls, to),
  };
}

/** Calls and errors of each tenth of a minute, oldest first: the whole window. */
function courseOf(calls: readonly Request[], to: number) {
  const course = Array.from({ length: BUCKETS }, () => ({ calls: 0, errors: 0 }));
  for (const { at, durationMs, outcome } of calls) {
    const bucket = course[BUCKETS - 1 - Math.floor(((to - at - durationMs) / WINDOW_MS) * BUCKETS)];
    if (bucket === undefined) continue;
    bucket.calls += 1;
    if (outcome === "error") bucket.errors += 1;
  }
  return course;
}

/** Nearest rank; undefined where there is nothing. */
const quantile = (values: readonly number[], rank: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(rank * values.length) - 1)];

/** The golden signals of each tool over the last minutes, or over what is held of them. */
import { OUTCOMES } from "../conventions.ts";
import type { Request } from "./requests.ts";

export const WINDOW_MS = 5 * 60_000;
const BUCKETS = 30;

export interface Bucket {
  calls: number;
  errors: number;
}

export interface ToolSignals {
  readonly tool: string;
  readonly calls: number;
  readonly perSecond: number;
  /** How many ended in each way. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** 0 to 1; what the caller did wrong is no error. */
  readonly errorRatio: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly budgetMs: number | undefined;
  readonly overBudget: number;
  /** Medians. */
  readonly inputBytes: number | undefined;
  readonly outputBytes: number | undefined;
  readonly costUsd: number;
  /** Oldest first, of equal length, together the whole window. */
  readonly course: readonly Bucket[];
}

/** @param from start of the time looked at, milliseconds since the epoch @param to its end */
export function signalsOf(requests: readonly Request[], from: number, to: number): readonly ToolSignals[] {
  const calls = requests.filter(({ tool, at, durationMs }) => tool !== undefined && at + durationMs >= from);
  return [...Map.groupBy(calls, ({ tool }) => String(tool))]
    .map(([tool, own]) => signals(tool, own, from, to))
    .toSorted((a, b) => b.calls - a.calls || a.tool.localeCompare(b.tool));
}

function signals(tool: string, calls: readonly Request[], from: number, to: number): ToolSignals {
  const of = (outcome: string) => calls.filter((call) => call.outcome === outcome).length;
  const durations = sorted(calls.map(({ durationMs }) => durationMs));
  return {
    tool,
    calls: calls.length,
    perSecond: calls.length / Math.max(1, (to - from) / 1000),
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, of(outcome)])),
    errorRatio: of("error") / calls.length,
    p50Ms: quantile(durations, 0.5) ?? 0,
    p95Ms: quantile(durations, 0.95) ?? 0,
    maxMs: durations.at(-1) ?? 0,
    budgetMs: calls.at(-1)?.budgetMs,
    overBudget: calls.filter(({ durationMs, budgetMs = Infinity }) => durationMs > budgetMs).length,
    inputBytes: quantile(sorted(calls.flatMap(({ inputBytes = [] }) => inputBytes)), 0.5),
    outputBytes: quantile(sorted(calls.flatMap(({ outputBytes = [] }) => outputBytes)), 0.5),
    costUsd: calls.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    course: courseOf(calls, to),
  };
}

function courseOf(calls: readonly Request[], to: number): readonly Bucket[] {
  const course = Array.from({ length: BUCKETS }, (): Bucket => ({ calls: 0, errors: 0 }));
  for (const { at, durationMs, outcome } of calls) {
    const bucket = course[BUCKETS - 1 - Math.floor(((to - at - durationMs) / WINDOW_MS) * BUCKETS)];
    if (bucket === undefined) continue;
    bucket.calls += 1;
    if (outcome === "error") bucket.errors += 1;
  }
  return course;
}

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

/** Nearest rank. */
const quantile = (ascending: readonly number[], q: number): number | undefined =>
  ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)];

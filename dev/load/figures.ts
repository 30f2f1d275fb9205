/** What is computed from the calls of a run. */
import { quantile } from "../bench/statistics.ts";
import { latencyOf, type MadeCall } from "./open-loop.ts";

/** Of the calls that were answered; milliseconds, from the time at which a call was due. */
export interface Latencies {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** @returns undefined when no call was answered */
export function latenciesOf(calls: readonly MadeCall[]): Latencies | undefined {
  const ascending = calls
    .filter(({ failure }) => failure === undefined)
    .map(latencyOf)
    .toSorted((a, b) => a - b);
  if (ascending.length === 0) return undefined;
  const at = (q: number) => quantile(ascending, q);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** How often each failure was seen, the most frequent first. */
export function failuresOf(calls: readonly MadeCall[]): readonly (readonly [failure: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { failure } of calls) if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Answers a second, from the first call to the last answer. */
export function rateReached(calls: readonly MadeCall[]): number {
  const seconds = calls.reduce((last, { endMs }) => Math.max(last, endMs), 0) / 1000;
  return seconds === 0 ? 0 : calls.filter(({ failure }) => failure === undefined).length / seconds;
}

/** In how much time this process sent 99 of 100 calls after they were due, in milliseconds. */
export const ownDelay = (calls: readonly MadeCall[]): number =>
  calls.length === 0
    ? 0
    : quantile(
        calls.map(({ dueMs, sentMs }) => sentMs - dueMs).sort((a, b) => a - b),
        0.99,
      );

/** The calls of each second. @param at the time by which a call belongs to a second, in milliseconds */
export function bySecond(calls: readonly MadeCall[], at: (call: MadeCall) => number): readonly (readonly MadeCall[])[] {
  const seconds: MadeCall[][] = [];
  for (const call of calls) {
    const second = Math.floor(at(call) / 1000);
    seconds[second] ??= [];
    seconds[second].push(call);
  }
  return Array.from(seconds, (second) => second ?? []);
}

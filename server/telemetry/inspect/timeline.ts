/**
 * The time axis of a session's waterfall. Long idle times are folded to a narrow strip, so that an hour with few calls is
 * as easy to read as a second.
 */
/** A folded idle time. */
export interface Fold {
  /** Milliseconds since the epoch, like `to`. */
  readonly from: number;
  readonly to: number;
}

interface Interval {
  readonly at: number;
  readonly durationMs: number;
}

/** An idle time is folded when it is longer than this, and longer than this share of the busy time. */
const MIN_FOLD_MS = 20;
const MIN_FOLD_SHARE = 0.25;
/** The width of one fold, and the greatest width of all folds, as shares of the rest of the axis. */
const FOLD_SHARE = 0.03;
const FOLDS_SHARE = 0.4;

export function foldsOf(intervals: readonly Interval[]): readonly Fold[] {
  const idle: Fold[] = [];
  let busyMs = 0;
  let end: number | undefined;
  for (const { at, durationMs } of intervals.toSorted((a, b) => a.at - b.at)) {
    const to = at + durationMs;
    if (end !== undefined && at > end) idle.push({ from: end, to: at });
    busyMs += Math.max(0, to - Math.max(at, end ?? at));
    end = Math.max(to, end ?? to);
  }
  return idle.filter(({ from, to }) => to - from > Math.max(MIN_FOLD_MS, busyMs * MIN_FOLD_SHARE));
}

/** @returns a function that gives the position of a time on the axis, from 0 at the first start to 1 at the last end */
export function timeline(intervals: readonly Interval[], folds: readonly Fold[]): (at: number) => number {
  const from = Math.min(...intervals.map(({ at }) => at));
  const to = Math.max(...intervals.map(({ at, durationMs }) => at + durationMs));
  const folded = folds.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const open = to - from - folded;
  const width = open * Math.min(FOLD_SHARE, FOLDS_SHARE / folds.length);
  const drawn = (at: number) => {
    let x = at - from;
    for (const fold of folds) {
      const inside = Math.min(Math.max(at - fold.from, 0), fold.to - fold.from);
      x -= inside - (inside / (fold.to - fold.from)) * width;
    }
    return x;
  };
  return (at) => drawn(at) / (drawn(to) || 1);
}

/**
 * Where a moment lies in the picture of a session. Time in which nothing happened is folded to a narrow strip, so
 * that the calls of an hour are as easy to read as those of a second.
 */
export interface Fold {
  /** Milliseconds since the epoch, like `to`. */
  readonly from: number;
  readonly to: number;
}

interface Stretch {
  readonly at: number;
  readonly durationMs: number;
}

/** A pause is folded when it is longer than this, and than this share of the time in which something happened. */
const LONG_MS = 20;
const LONG_SHARE = 0.25;
/** How wide a fold is drawn, and all of them at most, as a share of the rest. */
const FOLD_SHARE = 0.03;
const FOLDS_SHARE = 0.4;

export function foldsOf(stretches: readonly Stretch[]): readonly Fold[] {
  const pauses: Fold[] = [];
  let busyMs = 0;
  let end: number | undefined;
  for (const { at, durationMs } of stretches.toSorted((a, b) => a.at - b.at)) {
    const to = at + durationMs;
    if (end !== undefined && at > end) pauses.push({ from: end, to: at });
    busyMs += Math.max(0, to - Math.max(at, end ?? at));
    end = Math.max(to, end ?? to);
  }
  return pauses.filter(({ from, to }) => to - from > Math.max(LONG_MS, busyMs * LONG_SHARE));
}

/** @returns the place of a moment from 0, the first stretch's start, to 1, the last one's end */
export function timeline(stretches: readonly Stretch[], folds: readonly Fold[]): (at: number) => number {
  const from = Math.min(...stretches.map(({ at }) => at));
  const to = Math.max(...stretches.map(({ at, durationMs }) => at + durationMs));
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

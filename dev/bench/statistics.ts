/** @param values at least one, in any order */
export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/**
 * Combines two series round by round and takes the median. Both were measured in the same rounds, so that a slow
 * round affects both.
 */
export const medianOfRounds = (
  values: readonly number[],
  baseline: readonly number[],
  combine: (value: number, baseline: number) => number,
): number => median(values.map((value, round) => combine(value, baseline[round] ?? Number.NaN)));

export const divide = (value: number, by: number): number => value / by;

/** @param ascending at least one value @param q 0 to 1 */
export function quantile(ascending: readonly number[], q: number): number {
  const value = ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * q))];
  if (value === undefined) throw new Error("no values");
  return value;
}

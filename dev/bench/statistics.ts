/** @param values at least one, in any order */
export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/**
 * The median of what each round makes of two series that were measured side by side: what slows the machine down for a
 * round falls on both.
 */
export const medianRound = (
  values: readonly number[],
  beside: readonly number[],
  of: (value: number, other: number) => number,
): number => median(values.map((value, round) => of(value, beside[round] ?? Number.NaN)));

export const quotient = (value: number, other: number): number => value / other;

/** @param ascending at least one value @param q 0 to 1 */
export function quantile(ascending: readonly number[], q: number): number {
  const value = ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * q))];
  if (value === undefined) throw new Error("no values");
  return value;
}

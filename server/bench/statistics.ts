/** @param values at least one, in any order */
export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** @param ascending at least one value @param q 0 to 1 */
export function quantile(ascending: readonly number[], q: number): number {
  const value = ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * q))];
  if (value === undefined) throw new Error("no values");
  return value;
}

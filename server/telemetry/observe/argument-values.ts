/**
 * Finds the values in a call's arguments, so that they can be removed from error messages that repeat them. Shorter values
 * than {@link MIN_LENGTH} stay: a message without any "a" would be useless.
 */
const MIN_LENGTH = 3;
const MAX_VALUES = 64;

/** @returns the longest first, so that a value is removed before its parts */
export function argumentValues(args: unknown): string[] {
  const found = new Set<string>();
  const unvisited: unknown[] = [args];
  while (unvisited.length > 0 && found.size < MAX_VALUES) {
    const value = unvisited.pop();
    if (typeof value === "object" && value !== null) unvisited.push(...Object.values(value).slice(0, MAX_VALUES));
    else if (typeof value === "string" || typeof value === "number") {
      const text = String(value);
      if (text.length >= MIN_LENGTH) found.add(text);
    }
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/**
 * The texts in a call's arguments, so that they can be taken out of error messages that echo them. Short values
 * are left: taking every "a" out of a message leaves no message.
 */
const MIN_LENGTH = 3;
const MAX_VALUES = 64;

/** @returns longest first, so that no value hides inside another */
export function argumentValues(args: unknown): string[] {
  const found = new Set<string>();
  const waiting: unknown[] = [args];
  while (waiting.length > 0 && found.size < MAX_VALUES) {
    const value = waiting.pop();
    if (typeof value === "object" && value !== null) waiting.push(...Object.values(value).slice(0, MAX_VALUES));
    else if (typeof value === "string" || typeof value === "number") {
      const text = String(value);
      if (text.length >= MIN_LENGTH) found.add(text);
    }
  }
  return [...found].sort((a, b) => b.length - a.length);
}

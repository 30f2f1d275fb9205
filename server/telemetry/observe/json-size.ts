/**
 * The size of a value as JSON, in UTF-8 bytes; 0 for what JSON does not have. Making the text is cheaper than walking
 * the value: three times for a small answer, six for a long list.
 */
export function jsonSize(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? "");
  } catch (error) {
    if (error instanceof RangeError) return nestedSize(value);
    throw error;
  }
}

/** Of what was JSON, and is nested deeper than the stack would take: callers choose how deep their arguments are. */
function nestedSize(value: unknown): number {
  let size = 0;
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) size += Buffer.byteLength(JSON.stringify(next) ?? "");
    else {
      const members = Object.entries(next);
      size += 2 + Math.max(0, members.length - 1);
      for (const [key, member] of members) {
        if (!Array.isArray(next)) size += Buffer.byteLength(JSON.stringify(key)) + 1;
        waiting.push(member);
      }
    }
  }
  return size;
}

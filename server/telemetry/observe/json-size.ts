// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * The size of a value as JSON, in UTF-8 bytes, without making the text. What is nested deeper than the stack
 * would take is measured too: callers choose how deep their arguments are.
 */
export function jsonSize(value: unknown): number {
  if (typeof value !== "object" || value === null) return scalarSize(value);
  let size = 0;
  const waiting: object[] = [value];
  const add = (member: unknown) => {
    if (typeof member === "object" && member !== null) waiting.push(member);
    else size += scalarSize(member);
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) {
      size += 2 + Math.max(0, next.length - 1);
      for (const member of next) add(member === undefined ? null : member);
    } else if ("toJSON" in next && typeof next.toJSON === "function") add(next.toJSON());
    else {
      let members = 0;
      for (const [key, member] of Object.entries(next)) {
        if (member === undefined || typeof member === "function") continue;
        size += scalarSize(key) + 1;
        members += 1;
        add(member);
      }
      size += 2 + Math.max(0, members - 1);
    }
  }
  return size;
}

function scalarSize(value: unknown): number {
  switch (typeof value) {
    case "string":
      return NEEDS_ESCAPE.test(value) ? Buffer.byteLength(JSON.stringify(value)) : Buffer.byteLength(value) + 2;
    case "number":
      return Number.isFinite(value) ? String(value).length : 4;
    case "boolean":
      return value ? 4 : 5;
    case "object":
      return 4;
    default:
      return 0;
  }
}

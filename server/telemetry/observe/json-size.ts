// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The size of a value as JSON, in UTF-8 bytes, without making the text. */
export function jsonSize(value: unknown): number {
  switch (typeof value) {
    case "string":
      return NEEDS_ESCAPE.test(value) ? Buffer.byteLength(JSON.stringify(value)) : Buffer.byteLength(value) + 2;
    case "number":
      return Number.isFinite(value) ? String(value).length : 4;
    case "boolean":
      return value ? 4 : 5;
    case "object":
      if (value === null) return 4;
      if (Array.isArray(value)) return arraySize(value);
      return "toJSON" in value && typeof value.toJSON === "function" ? jsonSize(value.toJSON()) : objectSize(value);
    default:
      return 0;
  }
}

function arraySize(values: readonly unknown[]): number {
  let size = 2 + Math.max(0, values.length - 1);
  for (const value of values) size += value === undefined ? 4 : jsonSize(value);
  return size;
}

function objectSize(value: object): number {
  let size = 2;
  let members = 0;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || typeof member === "function") continue;
    size += jsonSize(key) + 1 + jsonSize(member);
    members += 1;
  }
  return size + Math.max(0, members - 1);
}

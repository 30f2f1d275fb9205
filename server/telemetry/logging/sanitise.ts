/**
 * Redacts parts of a text that may come from a caller: quoted values, e-mail addresses, credentials and long tokens.
 * Error messages of databases and validators often repeat their input.
 */
const REDACTED = "[REDACTED]";

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${REDACTED}@`],
  [/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g, REDACTED],
  [/\b(password|passwd|pwd|token|secret|api[_-]?key|authorization|cookie)(\s*[=:]\s*)[^\s,;&]+/gi, `$1$2${REDACTED}`],
  [/\bBearer\s+\S+/gi, `Bearer ${REDACTED}`],
  [/'(?:[^'\\\n]|\\.)*'/g, `'${REDACTED}'`],
  [/"(?:[^"\\\n]|\\.)*"/g, `"${REDACTED}"`],
  [/\b(?=[\w-]*\d[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}\b/g, REDACTED],
];

const MAX_LENGTH = 4096;

/**
 * @param values texts to redact, such as the arguments of the call
 * @returns at most 4096 characters
 */
export function sanitise(text: string, values: readonly string[] = []): string {
  let clean = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  for (const value of values) clean = clean.replaceAll(value, REDACTED);
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Keys whose values never reach a log line, at top level, one level down, and inside `headers`. */
const KEYS = [
  "password",
  "token",
  "secret",
  "api_key",
  "apiKey",
  "authorization",
  "cookie",
  "DATABASE_URL",
  "REDIS_URL",
] as const;

export const REDACTION = {
  paths: KEYS.flatMap((key) => [key, `*.${key}`, `headers.${key}`, `*.headers.${key}`]),
  censor: "[REDACTED]",
};

/** How an error is written down, in log lines and on spans: type, message, stack, code and cause, sanitised. */
import { sanitise } from "./sanitise.ts";

export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: LoggedError;
}

const MAX_CAUSES = 3;

/**
 * @param thrown whatever was thrown, an Error or not
 * @param values texts that must not be seen, such as the arguments of the call
 */
export function describeError(thrown: unknown, values: readonly string[] = [], depth = 0): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: sanitise(String(thrown), values) };
  const message = sanitise(thrown.message, values);
  const code: unknown = "code" in thrown ? thrown.code : undefined;
  return {
    type: thrown.name,
    message,
    ...(thrown.stack !== undefined && { stack: stackOf(thrown, thrown.stack, message) }),
    ...((typeof code === "string" || typeof code === "number") && { code: sanitise(String(code), values) }),
    ...(thrown.cause !== undefined && depth < MAX_CAUSES && { cause: describeError(thrown.cause, values, depth + 1) }),
  };
}

/** A stack begins with the message; only its frames are taken from it as they are. */
function stackOf(error: Error, stack: string, message: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [`${error.name}: ${message}`, ...frames].join("\n");
}

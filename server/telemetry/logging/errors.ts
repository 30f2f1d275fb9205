/** Describes an error for log lines and spans, with its texts sanitised. */
import { sanitise } from "./sanitise.ts";

interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: LoggedError;
}

const MAX_CAUSES = 3;

/**
 * @param thrown any thrown value, an Error or not
 * @param values texts to remove, such as the arguments of the call
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

/** The first lines of a stack repeat the message. They are replaced by the sanitised message. */
function stackOf(error: Error, stack: string, message: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [`${error.name}: ${message}`, ...frames].join("\n");
}

/**
 * The chain of middlewares through which a tool call runs. A middleware calls `next` to run the rest of the chain. It can
 * wait before that, which a timeout and a bulkhead need and a pair of before and after hooks cannot do.
 *
 * The middleware with the lowest `priority` is outermost. A middleware fails a call with a {@link ToolFailure}, or by
 * throwing the error of `next`. Any other error is a bug of the middleware: it is reported, and the call continues
 * without it. The tool runs at most once, and its result is never lost.
 */
import { ToolFailure } from "./errors.ts";

/** One call of a tool. It does not have the values of the arguments. */
export interface Execution {
  readonly tool: string;
  /** The same object for all calls of one session, or of one caller without a session. */
  readonly caller: object;
  readonly callId: string;
  /** The names of the arguments. */
  readonly argumentNames: readonly string[];
  /** Aborts when the client cancels. */
  readonly cancelled: AbortSignal;
  /** Aborts when the client cancels and at the timeout. The tool gets its signal. */
  readonly deadline: AbortController;
}

export interface Middleware {
  readonly name: string;
  /** The lowest is outermost. */
  readonly priority: number;
  handle<T>(execution: Execution, next: () => Promise<T>): Promise<T>;
}

/** @param report called with the error of a middleware that has a bug */
export function compose(
  middlewares: readonly Middleware[],
  report: (middleware: string, error: unknown) => void,
): <T>(execution: Execution, run: () => Promise<T>) => Promise<T> {
  const ordered = middlewares.toSorted((a, b) => a.priority - b.priority);
  return <T>(execution: Execution, run: () => Promise<T>) => {
    const step = (index: number): Promise<T> => {
      const middleware = ordered[index];
      return middleware === undefined ? run() : runGuarded(middleware, execution, () => step(index + 1), report);
    };
    return step(0);
  };
}

async function runGuarded<T>(
  middleware: Middleware,
  execution: Execution,
  proceed: () => Promise<T>,
  report: (middleware: string, error: unknown) => void,
): Promise<T> {
  let inner: Promise<T> | undefined;
  let innerError: unknown;
  const next = () => {
    inner ??= proceed().catch((error: unknown) => {
      innerError = error;
      throw error;
    });
    return inner;
  };
  try {
    return await middleware.handle(execution, next);
  } catch (error) {
    if (error instanceof ToolFailure || (inner !== undefined && error === innerError)) throw error;
    report(middleware.name, error);
    return next();
  }
}

/**
 * The chain around one tool execution. The shape is an onion, `around(context, next)`: what is before, after and on
 * error stands in one function in the order it happens, and a deadline or a bulkhead can hold the execution, which a
 * pair of hooks cannot.
 *
 * Order: by `priority`, lowest outermost. A deliberate failure is a {@link ToolFailure} or the very error that `next`
 * rejected with; it passes. Anything else a middleware throws is its own fault: it is reported, and the call goes on
 * as if that middleware were not there. The tool runs at most once, and its answer is never lost.
 */
import { ToolFailure } from "./tool-failure.ts";

/** What is known of the execution; never an argument's value. */
export interface Execution {
  readonly tool: string;
  /** The same object for all executions of one session. */
  readonly session: object;
  readonly callId: string;
  /** The names of the arguments. */
  readonly argumentNames: readonly string[];
  /** Fires when the client cancels. */
  readonly cancelled: AbortSignal;
  /** Fires when the client cancels or a deadline passes; handed to the tool. */
  readonly deadline: AbortController;
}

export interface Middleware {
  readonly name: string;
  /** Lowest outermost. */
  readonly priority: number;
  around<T>(execution: Execution, next: () => Promise<T>): Promise<T>;
}

/** @param report called when a middleware fails by its own fault */
export function compose(
  middlewares: readonly Middleware[],
  report: (middleware: string, error: unknown) => void,
): <T>(execution: Execution, run: () => Promise<T>) => Promise<T> {
  const ordered = middlewares.toSorted((a, b) => a.priority - b.priority);
  return <T>(execution: Execution, run: () => Promise<T>) => {
    const step = (index: number): Promise<T> => {
      const middleware = ordered[index];
      return middleware === undefined ? run() : guarded(middleware, execution, () => step(index + 1), report);
    };
    return step(0);
  };
}

async function guarded<T>(
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
    return await middleware.around(execution, next);
  } catch (error) {
    if (error instanceof ToolFailure || (inner !== undefined && error === innerError)) throw error;
    report(middleware.name, error);
    return next();
  }
}

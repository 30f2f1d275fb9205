/**
 * Limits how long a tool may run. At the timeout the tool's signal aborts and the caller gets an error, even when the
 * handler never ends. A handler that ends later is counted. The same signal aborts when the client cancels.
 */

import { ToolFailure } from "./errors.ts";
import type { Middleware } from "./middleware.ts";

/** @param timeoutMs milliseconds @param onLateCompletion called when a handler ends after its timeout */
export const timeout = (timeoutMs: number, onLateCompletion: () => void): Middleware => ({
  name: "timeout",
  priority: 30,
  handle({ tool, cancelled, deadline }, next) {
    const { promise, reject } = Promise.withResolvers<never>();
    const expire = () => {
      const failure = new ToolFailure("timeout", `tool ${tool} did not finish within ${timeoutMs} ms`);
      reject(failure);
      deadline.abort(failure);
    };
    const timer = setTimeout(expire, timeoutMs);
    const cancel = () => deadline.abort(cancelled.reason);
    if (cancelled.aborted) cancel();
    else cancelled.addEventListener("abort", cancel, { once: true });
    const running = next();
    const done = () => {
      clearTimeout(timer);
      cancelled.removeEventListener("abort", cancel);
      if (deadline.signal.reason instanceof ToolFailure) onLateCompletion();
    };
    running.then(done, done);
    return Promise.race([running, promise]);
  },
});

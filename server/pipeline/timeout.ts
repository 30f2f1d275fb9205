/**
 * The hard limit of a tool: then its signal fires and the caller is answered, whether or not the handler ever ends.
 * A handler that ends later is counted as late, not reported twice. The client's cancellation uses the same signal.
 */
import type { Middleware } from "./middleware.ts";
import { ToolFailure } from "./tool-failure.ts";

/** @param timeoutMs milliseconds @param late called when a handler ends after its caller was answered */
export const timeout = (timeoutMs: number, late: () => void): Middleware => ({
  name: "timeout",
  priority: 30,
  around({ tool, cancelled, deadline }, next) {
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
      if (deadline.signal.reason instanceof ToolFailure) late();
    };
    running.then(done, done);
    return Promise.race([running, promise]);
  },
});

/**
 * `fetch` follows redirects to any origin, an internal address for example. The trace context and the baggage go to the
 * origin that the program called, and to no other. `node:http` follows no redirects.
 */
import { context, createContextKey } from "@opentelemetry/api";

const CALLED = createContextKey("mcp origin that fetch was called with");

/**
 * Replaces the global `fetch` by one that remembers which origin it was called with.
 *
 * @returns puts the former one back, unless somebody else has replaced it since
 */
export function rememberCalledOrigins(): () => void {
  const { fetch } = globalThis;
  const remembering: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const called = context.active().setValue(CALLED, URL.parse(url)?.origin);
    return context.with(called, () => fetch(input, init));
  };
  globalThis.fetch = remembering;
  return () => {
    if (globalThis.fetch === remembering) globalThis.fetch = fetch;
  };
}

/** Whether a request of `fetch` goes to another origin than that which the program called. */
export function isToOtherOrigin({ origin }: { readonly origin: string | URL }): boolean {
  const called = context.active().getValue(CALLED);
  return called !== undefined && called !== URL.parse(String(origin))?.origin;
}

/**
 * Trace contexts of callers. `observe/begin.ts` decides which caller is trusted. Instrumentations that read headers
 * themselves, such as that of inbound HTTP, know no caller: they get a context only when every caller is trusted.
 */
import {
  type Context,
  createContextKey,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
} from "@opentelemetry/api";
import { isSilenced } from "./other-sdk.ts";

const KEY = createContextKey("mcp trust is decided");

/** Pass this to `propagation.extract` where the trust in the caller is decided. */
export const TRUST_DECIDED: Context = ROOT_CONTEXT.setValue(KEY, true);

/**
 * A propagator that reads the context of a caller only where its trust is decided, or for `everyCaller`. It never reads
 * `tracestate`: the caller chooses its text, and every span and link below would carry it.
 *
 * @param inject whether the context is sent to dependencies
 */
export function callerPropagator(w3c: TextMapPropagator, everyCaller: boolean, inject: boolean): TextMapPropagator {
  return {
    inject(context, carrier, setter) {
      if (inject && !isSilenced(context)) w3c.inject(context, carrier, setter);
    },
    extract(context, carrier, getter) {
      if (!everyCaller && context.getValue(KEY) !== true) return context;
      return w3c.extract(context.deleteValue(KEY), carrier, withoutTraceState(getter));
    },
    fields: () => w3c.fields(),
  };
}

const withoutTraceState = (getter: TextMapGetter): TextMapGetter => ({
  keys: (carrier) => getter.keys(carrier),
  get: (carrier, key) => (key === "tracestate" ? undefined : getter.get(carrier, key)),
});

/**
 * Another OpenTelemetry SDK that was started before this one, as `NODE_OPTIONS` can do. Two SDKs make every span of HTTP
 * twice, and the other one writes URLs, which carry arguments, into its spans. So it is silenced, and this one takes over.
 */
import {
  context,
  INVALID_SPAN_CONTEXT,
  metrics,
  type ProxyTracerProvider,
  propagation,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

/** Its spans are invalid: they are not exported and not sent to dependencies. */
const silentTracer: Tracer = {
  startSpan: () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  startActiveSpan(_name: string, ...rest: unknown[]) {
    return (rest.at(-1) as (span: unknown) => never)(trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  },
};

/** Its instrumentations stay, but they ask the global provider for their tracers. */
export function silenceOtherSdk(): void {
  const provider = trace.getTracerProvider() as ProxyTracerProvider;
  if (provider.getDelegateTracer?.("mcp") === undefined) return;
  const other = provider.getDelegate() as TracerProvider & { shutdown?(): Promise<void> };
  provider.setDelegate({ getTracer: () => silentTracer });
  other.shutdown?.().catch(() => {});
  for (const api of [trace, context, propagation, metrics]) api.disable();
  process.stderr.write(
    "[telemetry] another OpenTelemetry SDK was started before this one, such as by NODE_OPTIONS: it exports no spans now\n",
  );
}

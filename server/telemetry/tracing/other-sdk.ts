/**
 * Another OpenTelemetry SDK in the process: started before this one, as `NODE_OPTIONS` can do, or after it, as a program
 * can do. Two SDKs make every span of HTTP twice, and the other one writes URLs, which carry arguments, into its spans. So
 * the instrumentations of the other one are silenced, and this one takes over.
 */
import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  metrics,
  type ProxyTracerProvider,
  propagation,
  type Span,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

const silencedSpans = new WeakSet<Span>();

/** Whether a context has a span that was silenced: it is not to be sent to dependencies. */
export function isSilenced(of: Context): boolean {
  const span = trace.getSpan(of);
  return span !== undefined && silencedSpans.has(span);
}

/**
 * Its spans are not exported. Each stands for the span around it: the other SDK may wrap a function that is instrumented
 * here, and the span of that must find its parent.
 */
const silentTracer: Tracer = {
  startSpan(_name, _options, of = context.active()) {
    const parent = trace.getSpanContext(of);
    const span = trace.wrapSpanContext(parent === undefined || parent.isRemote ? INVALID_SPAN_CONTEXT : parent);
    silencedSpans.add(span);
    return span;
  },
  startActiveSpan(name: string, ...rest: unknown[]) {
    const run = rest.at(-1) as (span: Span) => never;
    const span = this.startSpan(name);
    return context.with(trace.setSpan(context.active(), span), () => run(span));
  },
};

const globalProvider = () => trace.getTracerProvider() as ProxyTracerProvider;

/** Its instrumentations stay, but they ask the global provider for their tracers. */
export function silenceEarlierSdk(): void {
  const provider = globalProvider();
  if (provider.getDelegateTracer?.("mcp") === undefined) return;
  const other = provider.getDelegate() as TracerProvider & { shutdown?(): Promise<void> };
  provider.setDelegate({ getTracer: () => silentTracer });
  other.shutdown?.().catch(() => {});
  for (const api of [trace, context, propagation, metrics]) api.disable();
  report("before this one, such as by NODE_OPTIONS: it exports no spans now");
}

/** An instrumentation that this SDK has started. */
interface Own {
  readonly instrumentationName: string;
  setTracerProvider(provider: TracerProvider): void;
}

/**
 * A later SDK is not the global one, but its instrumentations use the global provider. Call when this SDK has started.
 *
 * @param own keep their tracers @param off names of instrumentations that are off here
 */
export function silenceLaterSdk(own: readonly Own[], off: readonly string[]): void {
  const provider = globalProvider();
  const delegate = provider.getDelegate();
  for (const instrumentation of own) instrumentation.setTracerProvider(delegate);
  const taken = new Set([...own.map(({ instrumentationName }) => instrumentationName), ...off]);
  let reported = false;
  provider.setDelegate({
    getTracer(name, version, options) {
      if (!taken.has(name)) return delegate.getTracer(name, version, options);
      if (!reported) report("after this one: its instrumentations make no spans");
      reported = true;
      return silentTracer;
    },
  });
}

function report(what: string): void {
  process.stderr.write(`[telemetry] another OpenTelemetry SDK was started ${what}\n`);
}

/**
 * (b) The pattern that tutorials print. Each tool call has a span, a log line at its start and one at its end, a
 * counter and a histogram. The lines come from a child logger in AsyncLocalStorage. The server itself is (a)'s.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import pino from "pino";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

const tracer = trace.getTracer("mcp-tools");
const registry = new Registry();
collectDefaultMetrics({ register: registry });
const labelNames = ["tool_name", "status"];
const calls = new Counter({ name: "mcp_tool_calls_total", help: "calls", labelNames, registers: [registry] });
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const duration = new Histogram({
  name: "mcp_tool_duration_seconds",
  help: "s",
  labelNames,
  buckets,
  registers: [registry],
});

const rootLogger = pino({
  redact: {
    paths: ["DATABASE_URL", "REDIS_URL", "password", "token", "api_key", "secret", "authorization", "*.authorization"],
    censor: "[REDACTED]",
  },
  mixin() {
    const span = trace.getActiveSpan();
    if (!span?.isRecording()) return {};
    const { traceId, spanId } = span.spanContext();
    return { trace_id: traceId, span_id: spanId };
  },
  formatters: { level: (label) => ({ level: label }) },
});
const als = new AsyncLocalStorage<pino.Logger>();
const getLogger = () => als.getStore() ?? rootLogger;

type Handler = (args: unknown, extra: { sessionId?: string }) => Promise<unknown>;

const withTelemetry =
  (name: string, handler: Handler): Handler =>
  (args, extra) =>
    als.run(rootLogger.child({ session_id: extra.sessionId, user_id: "anonymous" }), () =>
      tracer.startActiveSpan(`mcp.tool.${name}`, async (span) => {
        span.setAttributes({ "mcp.tool.name": name, "mcp.session.id": extra.sessionId ?? "" });
        const start = performance.now();
        getLogger().info({ tool: name }, "tool call start");
        let status = "success";
        try {
          return await handler(args, extra);
        } catch (err) {
          status = "error";
          span.recordException(err as Error);
          span.setStatus({ code: SpanStatusCode.ERROR, message: (err as Error).message });
          throw err;
        } finally {
          const durationMs = performance.now() - start;
          calls.inc({ tool_name: name, status });
          duration.observe({ tool_name: name, status }, durationMs / 1000);
          getLogger().info({ tool: name, duration_ms: durationMs }, "tool call end");
          span.end();
        }
      }),
    );

const { registerTool } = McpServer.prototype;
McpServer.prototype.registerTool = function (this: McpServer, name: string, config: never, handler: unknown) {
  return registerTool.call(this, name, config, withTelemetry(name, handler as Handler) as never);
} as typeof registerTool;

await import("./bare.ts");

/** What a tool pipeline reports to the telemetry. Everything becomes a metric, and some of it a log line and a span event. */
import { type Attributes, trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import { METRICS } from "./conventions.ts";
import { counter, gauge } from "./metrics/define.ts";
import type { MetricsRegistry } from "./metrics/registry.ts";
import type { ToolCatalogue } from "./observe/tool-catalogue.ts";
import { callerObjects } from "./request/caller-object.ts";
import { currentCall } from "./request/scope.ts";

interface BulkheadLoad {
  readonly running: number;
  readonly queued: number;
}

export interface PipelineTelemetry {
  /** Registers a tool before its first session, so that its series exist at 0. */
  registerTool(toolName: string, limits: { readonly budgetMs: number | undefined; readonly timeoutMs: number }): void;
  /** The same object for all calls of a session, or without sessions for all calls of an agent run or of a client. */
  caller(): object;
  /** A handler ended after its timeout. */
  lateCompletion(toolName: string): void;
  /** Adds to the estimated cost of the current call. @param usd US dollars, not below 0 */
  cost(usd: number): void;
  /** An agent calls one tool over and over. @param calls its calls in this minute */
  runaway(toolName: string, calls: number): void;
  /** A middleware threw an error that is its own bug. The call continued without it. */
  middlewareFailed(middleware: string, error: unknown): void;
  /** @param isOpen called at each scrape */
  breaker(dependency: string, isOpen: () => boolean): void;
  /** @param limit calls that may run at once @param load called at each scrape */
  bulkhead(name: string, limit: number, load: () => BulkheadLoad): void;
  /** Writes a `warn` line, and adds an event to the active span. */
  degraded(message: string, fields: Attributes): void;
  /** Adds an event to the active span. */
  event(name: string, fields: Attributes): void;
}

export function pipelineTelemetry(registry: MetricsRegistry, logger: Logger, tools: ToolCatalogue): PipelineTelemetry {
  const timeouts = gauge(registry, METRICS.toolTimeout);
  const lateCompletions = counter(registry, METRICS.toolLateCompletions);
  const runawayEpisodes = counter(registry, METRICS.runawayEpisodes);
  const middlewareFailures = counter(registry, METRICS.middlewareFailures);
  const breakers = new Map<string, () => boolean>();
  const bulkheads = new Map<string, { readonly limit: number; readonly load: () => BulkheadLoad }>();
  gauge(registry, METRICS.circuitBreakerOpen, (metric) => {
    for (const [dependency, isOpen] of breakers) metric.set({ dependency }, isOpen() ? 1 : 0);
  });
  gauge(registry, METRICS.bulkheadRunning, (metric) => {
    for (const [bulkhead, { load }] of bulkheads) metric.set({ bulkhead }, load().running);
  });
  gauge(registry, METRICS.bulkheadQueued, (metric) => {
    for (const [bulkhead, { load }] of bulkheads) metric.set({ bulkhead }, load().queued);
  });
  gauge(registry, METRICS.bulkheadLimit, (metric) => {
    for (const [bulkhead, { limit }] of bulkheads) metric.set({ bulkhead }, limit);
  });

  const callerOf = callerObjects();
  const event = (name: string, fields: Attributes) => void trace.getActiveSpan()?.addEvent(name, fields);
  return {
    registerTool(tool_name, { budgetMs, timeoutMs }) {
      tools.add(tool_name, budgetMs, timeoutMs);
      timeouts.set({ tool_name }, timeoutMs / 1000);
      lateCompletions.inc({ tool_name }, 0);
      runawayEpisodes.inc({ tool_name }, 0);
    },
    caller() {
      const call = currentCall();
      return call === undefined ? {} : callerOf(call);
    },
    lateCompletion: (tool_name) => lateCompletions.inc({ tool_name }),
    cost(usd) {
      const call = currentCall();
      if (call !== undefined) call.costUsd = (call.costUsd ?? 0) + usd;
    },
    runaway(tool_name, calls) {
      runawayEpisodes.inc({ tool_name });
      logger.warn({ calls_per_minute: calls }, "runaway agent");
    },
    middlewareFailed(middleware, err) {
      middlewareFailures.inc({ middleware });
      logger.error({ middleware, err }, "middleware failed");
    },
    breaker: (dependency, isOpen) => void breakers.set(dependency, isOpen),
    bulkhead: (name, limit, load) => void bulkheads.set(name, { limit, load }),
    degraded(message, fields) {
      logger.warn(fields, message);
      event(message, fields);
    },
    event,
  };
}

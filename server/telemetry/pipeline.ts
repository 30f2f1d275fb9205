/** What a tool pipeline tells the telemetry; each is a metric, and where somebody should know, a line and an event. */
import { type Attributes, trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import type { BulkheadLoad, PipelineMetrics } from "./metrics/pipeline.ts";
import type { ToolCatalogue } from "./observe/tool-catalogue.ts";
import { currentCall } from "./request/scope.ts";

export interface PipelineTelemetry {
  /** Makes a tool known before its first session, so that its series exist at 0. */
  introduce(toolName: string, limits: { readonly budgetMs: number | undefined; readonly timeoutMs: number }): void;
  /** A handler ended after its caller was answered. */
  lateCompletion(toolName: string): void;
  /** What the call being handled is estimated to cost, in US dollars, not below 0. */
  cost(usd: number): void;
  /** An agent calls one tool over and over. */
  runaway(toolName: string, calls: number): void;
  /** A middleware failed by its own fault; the call went on without it. */
  middlewareFailed(middleware: string, error: unknown): void;
  breaker(dependency: string, isOpen: () => boolean): void;
  bulkhead(name: string, limit: number, load: () => BulkheadLoad): void;
  /** Something works less well than it should: a `warn` line, and an event on the active span. */
  degraded(what: string, fields: Attributes): void;
  /** An event on the active span. */
  event(what: string, fields: Attributes): void;
}

export function pipelineTelemetry(metrics: PipelineMetrics, logger: Logger, tools: ToolCatalogue): PipelineTelemetry {
  const event = (what: string, fields: Attributes) => void trace.getActiveSpan()?.addEvent(what, fields);
  return {
    introduce(toolName, { budgetMs, timeoutMs }) {
      tools.add(toolName, budgetMs, timeoutMs);
      metrics.introduce(toolName, timeoutMs);
    },
    lateCompletion: (toolName) => metrics.lateCompletion(toolName),
    cost(usd) {
      const call = currentCall();
      if (call !== undefined) call.costUsd = (call.costUsd ?? 0) + usd;
    },
    runaway(toolName, calls) {
      metrics.runaway(toolName);
      logger.warn({ calls_per_minute: calls }, "runaway agent");
    },
    middlewareFailed(middleware, err) {
      metrics.middlewareFailed(middleware);
      logger.error({ middleware, err }, "middleware failed");
    },
    breaker: (dependency, isOpen) => metrics.breaker(dependency, isOpen),
    bulkhead: (name, limit, load) => metrics.bulkhead(name, limit, load),
    degraded(what, fields) {
      logger.warn(fields, what);
      event(what, fields);
    },
    event,
  };
}

/** The metrics of requests and of tool calls. */
import {
  ERROR_CLASSES,
  type ErrorClass,
  METRICS,
  NETWORK_TRANSPORT,
  OUTCOMES,
  type TransportName,
} from "../conventions.ts";
import type { Call } from "../request/call.ts";
import type { FinishedCall } from "../request/outcome.ts";
import { counter, gauge, histogram } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export class CallMetrics {
  readonly #inFlight = new Map<string, number>();
  readonly #calls;
  readonly #duration;
  readonly #errors;
  readonly #overBudget;
  readonly #inputBytes;
  readonly #outputBytes;
  readonly #budget;
  readonly #operations;
  readonly #cost;

  constructor(registry: MetricsRegistry) {
    this.#calls = counter(registry, METRICS.toolCalls);
    this.#duration = histogram(registry, METRICS.toolDuration);
    this.#errors = counter(registry, METRICS.toolErrors);
    this.#overBudget = counter(registry, METRICS.toolOverBudget);
    this.#inputBytes = histogram(registry, METRICS.toolInputBytes);
    this.#outputBytes = histogram(registry, METRICS.toolOutputBytes);
    this.#budget = gauge(registry, METRICS.toolBudget);
    this.#cost = counter(registry, METRICS.toolCost);
    this.#operations = histogram(registry, METRICS.operationDuration);
    gauge(registry, METRICS.requestsInFlight, (metric) => {
      for (const [method, count] of this.#inFlight) metric.set({ mcp_method_name: method }, count);
    });
  }

  /** Creates the series of a tool with the value 0. Else a rate would miss the first increase. */
  registerTool(toolName: string, budgetMs: number, transport: TransportName): void {
    for (const status of OUTCOMES) this.#calls.inc({ tool_name: toolName, status, transport }, 0);
    for (const errorClass of Object.keys(ERROR_CLASSES) as ErrorClass[]) {
      this.#errors.inc(errorLabels(toolName, errorClass), 0);
    }
    this.#overBudget.inc({ tool_name: toolName }, 0);
    this.#cost.inc({ tool_name: toolName }, 0);
    this.#budget.set({ tool_name: toolName }, budgetMs / 1000);
  }

  requestStarted(call: Call): void {
    this.#inFlight.set(call.method, (this.#inFlight.get(call.method) ?? 0) + 1);
  }

  requestEnded(call: Call): void {
    this.#inFlight.set(call.method, (this.#inFlight.get(call.method) ?? 1) - 1);
  }

  /** The number of requests that are received and not yet answered. */
  pending(): number {
    let pending = 0;
    for (const count of this.#inFlight.values()) pending += count;
    return pending;
  }

  record(finished: FinishedCall): void {
    const { call, verdict, traceId } = finished;
    const seconds = finished.durationMs / 1000;
    const operation = {
      mcp_method_name: call.method,
      gen_ai_tool_name: call.toolName ?? "",
      gen_ai_prompt_name: call.promptName ?? "",
      error_type: verdict.errorType ?? "",
      rpc_response_status_code: verdict.statusCode ?? "",
      mcp_protocol_version: call.session.protocolVersion ?? "",
      network_transport: NETWORK_TRANSPORT[call.session.transport],
    };
    this.#operations.observe(operation, seconds, traceId);
    if (call.toolName === undefined || finished.tool === undefined) return;

    const tool_name = call.toolName;
    const status = verdict.outcome;
    this.#calls.inc({ tool_name, status, transport: call.session.transport });
    this.#duration.observe({ tool_name, status }, seconds, traceId);
    this.#inputBytes.observe({ tool_name }, finished.tool.inputBytes);
    this.#outputBytes.observe({ tool_name }, finished.tool.outputBytes);
    if (verdict.errorClass !== undefined) this.#errors.inc(errorLabels(tool_name, verdict.errorClass));
    if (call.costUsd !== undefined && call.costUsd > 0) this.#cost.inc({ tool_name }, call.costUsd);
    if (finished.durationMs > finished.tool.budgetMs) this.#overBudget.inc({ tool_name });
  }
}

const errorLabels = (toolName: string, errorClass: ErrorClass) => ({
  tool_name: toolName,
  error_class: errorClass,
  retryable: String(ERROR_CLASSES[errorClass]),
});

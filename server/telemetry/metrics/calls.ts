/** The metrics of requests and of tool calls. */
import {
  type CallerFault,
  ERROR_CLASSES,
  type ErrorClass,
  METRICS,
  NETWORK_TRANSPORT,
  OTHER,
  OUTCOMES,
  type TransportName,
} from "../conventions.ts";
import type { Call } from "../request/call.ts";
import type { FinishedCall } from "../request/outcome.ts";
import { counter, gauge, histogram } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export type CallMetrics = ReturnType<typeof callMetrics>;

export function callMetrics(registry: MetricsRegistry) {
  const calls = counter(registry, METRICS.toolCalls);
  const duration = histogram(registry, METRICS.toolDuration);
  const errors = counter(registry, METRICS.toolErrors);
  const overBudget = counter(registry, METRICS.toolOverBudget);
  const inputBytes = histogram(registry, METRICS.toolInputBytes);
  const outputBytes = histogram(registry, METRICS.toolOutputBytes);
  const budget = gauge(registry, METRICS.toolBudget);
  const cost = counter(registry, METRICS.toolCost);
  const operations = histogram(registry, METRICS.operationDuration);
  const rejections = counter(registry, METRICS.rejections);
  rejections.inc({ mcp_method_name: OTHER, tool_name: "", reason: "unknown_method" }, 0);
  rejections.inc({ mcp_method_name: TOOLS_CALL, tool_name: OTHER, reason: "unknown_tool" }, 0);
  const inFlight = new Map<string, number>();
  gauge(registry, METRICS.requestsInFlight, (metric) => {
    for (const [method, count] of inFlight) metric.set({ mcp_method_name: method }, count);
  });

  return {
    /** Creates the series of a tool with the value 0. Else a rate would miss the first increase. */
    registerTool(tool_name: string, budgetMs: number, transport: TransportName): void {
      for (const status of OUTCOMES) calls.inc({ tool_name, status, transport }, 0);
      for (const errorClass of Object.keys(ERROR_CLASSES) as ErrorClass[]) {
        errors.inc(errorLabels(tool_name, errorClass), 0);
      }
      for (const reason of TOOL_FAULTS) rejections.inc({ mcp_method_name: TOOLS_CALL, tool_name, reason }, 0);
      overBudget.inc({ tool_name }, 0);
      cost.inc({ tool_name }, 0);
      budget.set({ tool_name }, budgetMs / 1000);
    },

    requestStarted({ method }: Call): void {
      inFlight.set(method, (inFlight.get(method) ?? 0) + 1);
    },

    requestEnded({ method }: Call): void {
      inFlight.set(method, (inFlight.get(method) ?? 1) - 1);
    },

    /** The number of requests that are received and not yet answered. */
    pending: () => [...inFlight.values()].reduce((sum, count) => sum + count, 0),

    /** Counts a message over stdio that has no method, because it could not be read. @param code of its JSON-RPC error */
    unreadable(code: number): void {
      operations.observe({ ...UNREADABLE, rpc_response_status_code: String(code) }, 0);
    },

    record({ call, verdict, durationMs, tool, traceId }: FinishedCall): void {
      const seconds = durationMs / 1000;
      const operation = {
        mcp_method_name: call.method,
        gen_ai_tool_name: call.toolName ?? "",
        gen_ai_prompt_name: call.promptName ?? "",
        error_type: verdict.errorType ?? "",
        rpc_response_status_code: verdict.statusCode ?? "",
        mcp_protocol_version: call.session.protocolVersion ?? "",
        network_transport: NETWORK_TRANSPORT[call.session.transport],
      };
      operations.observe(operation, seconds, traceId);
      if (verdict.fault !== undefined) {
        rejections.inc({ mcp_method_name: call.method, tool_name: call.toolName ?? "", reason: verdict.fault });
      }
      if (call.toolName === undefined || tool === undefined) return;

      const tool_name = call.toolName;
      const status = verdict.outcome;
      calls.inc({ tool_name, status, transport: call.session.transport });
      duration.observe({ tool_name, status }, seconds, traceId);
      inputBytes.observe({ tool_name }, tool.inputBytes);
      outputBytes.observe({ tool_name }, tool.outputBytes);
      if (verdict.errorClass !== undefined) errors.inc(errorLabels(tool_name, verdict.errorClass));
      if (call.costUsd !== undefined && call.costUsd > 0) cost.inc({ tool_name }, call.costUsd);
      if (durationMs > tool.budgetMs) overBudget.inc({ tool_name });
    },
  };
}

const TOOLS_CALL = "tools/call";

/** The rejections of a registered tool whose series exist from its registration on. */
const TOOL_FAULTS: readonly CallerFault[] = ["invalid_arguments", "refused_by_handler"];

const UNREADABLE = {
  mcp_method_name: OTHER,
  gen_ai_tool_name: "",
  gen_ai_prompt_name: "",
  error_type: "",
  mcp_protocol_version: "",
  network_transport: NETWORK_TRANSPORT.stdio,
};

const errorLabels = (tool_name: string, error_class: ErrorClass) => ({
  tool_name,
  error_class,
  retryable: String(ERROR_CLASSES[error_class]),
});

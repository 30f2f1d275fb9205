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
import { counter, gauge, histogram, serverLabel } from "./define.ts";
import { promptMetrics, resourceMetrics } from "./offered.ts";
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
  const prompts = promptMetrics(registry);
  const resources = resourceMetrics(registry);
  /** By server, then by method. */
  const inFlight = new Map<string | undefined, Map<string, number>>();
  const changeInFlight = ({ method, session: { server } }: Call, by: 1 | -1) => {
    let ofServer = inFlight.get(server);
    if (ofServer === undefined) {
      ofServer = new Map();
      inFlight.set(server, ofServer);
    }
    ofServer.set(method, (ofServer.get(method) ?? 0) + by);
  };
  gauge(registry, METRICS.requestsInFlight, (metric) => {
    for (const [server, ofServer] of inFlight) {
      for (const [method, count] of ofServer) metric.set({ mcp_method_name: method, ...serverLabel(server) }, count);
    }
  });

  return {
    /** Creates the series of a tool with the value 0. Else a rate would miss the first increase. */
    registerTool(tool_name: string, budgetMs: number, transport: TransportName, server?: string): void {
      const tool = { tool_name, ...serverLabel(server) };
      for (const status of OUTCOMES) calls.inc({ ...tool, status, transport }, 0);
      for (const errorClass of Object.keys(ERROR_CLASSES) as ErrorClass[]) {
        errors.inc({ ...tool, ...errorLabels(errorClass) }, 0);
      }
      for (const reason of TOOL_FAULTS) rejections.inc({ mcp_method_name: TOOLS_CALL, ...tool, reason }, 0);
      overBudget.inc(tool, 0);
      cost.inc({ tool_name }, 0);
      budget.set(tool, budgetMs / 1000);
    },

    registerPrompt: prompts.register,
    registerResource: resources.register,

    requestStarted: (call: Call) => changeInFlight(call, 1),
    requestEnded: (call: Call) => changeInFlight(call, -1),

    /** The number of requests that are received and not yet answered. */
    pending: () => [...inFlight.values()].flatMap((counts) => [...counts.values()]).reduce((a, b) => a + b, 0),

    /** Counts a message over stdio that has no method, because it could not be read. @param code of its JSON-RPC error */
    unreadable(code: number): void {
      operations.observe({ ...UNREADABLE, rpc_response_status_code: String(code) }, 0);
    },

    record(finished: FinishedCall): void {
      const { call, verdict, durationMs, tool, traceId } = finished;
      const seconds = durationMs / 1000;
      const server = serverLabel(call.session.server);
      const operation = {
        mcp_method_name: call.method,
        gen_ai_tool_name: call.toolName ?? "",
        gen_ai_prompt_name: call.promptName ?? "",
        error_type: verdict.errorType ?? "",
        rpc_response_status_code: verdict.statusCode ?? "",
        mcp_protocol_version: call.session.protocolVersion ?? "",
        network_transport: NETWORK_TRANSPORT[call.session.transport],
        ...server,
      };
      operations.observe(operation, seconds, traceId);
      if (verdict.fault !== undefined) {
        const tool_name = call.toolName ?? "";
        rejections.inc({ mcp_method_name: call.method, tool_name, reason: verdict.fault, ...server });
      }
      if (call.promptName !== undefined) prompts.record(call.promptName, finished);
      if (call.method === RESOURCES_READ) resources.record(call.resourceUri ?? OTHER, finished);
      if (call.toolName === undefined || tool === undefined) return;

      const tool_name = call.toolName;
      const status = verdict.outcome;
      const ofTool = { tool_name, ...server };
      calls.inc({ ...ofTool, status, transport: call.session.transport });
      duration.observe({ ...ofTool, status }, seconds, traceId);
      inputBytes.observe(ofTool, tool.inputBytes);
      outputBytes.observe(ofTool, tool.outputBytes);
      if (verdict.errorClass !== undefined) errors.inc({ ...ofTool, ...errorLabels(verdict.errorClass) });
      if (call.costUsd !== undefined && call.costUsd > 0) cost.inc({ tool_name }, call.costUsd);
      if (durationMs > tool.budgetMs) overBudget.inc(ofTool);
    },
  };
}

const TOOLS_CALL = "tools/call";
const RESOURCES_READ = "resources/read";

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

const errorLabels = (error_class: ErrorClass) => ({
  error_class,
  retryable: String(ERROR_CLASSES[error_class]),
});

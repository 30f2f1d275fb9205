/**
 * Every name this project emits, once. Dashboards, rules, tests and documents repeat these names and are
 * compared with this file; nothing else defines one.
 *
 * Source: OpenTelemetry semantic conventions for MCP (gen-ai/mcp, status: development), plus the project's
 * own names under `mcp.` where the conventions are silent. Importing this file does nothing.
 */

/** Stands for every method, tool and prompt name that the server does not know: callers cannot make up names. */
export const OTHER = "_OTHER";

export const ANONYMOUS = "anonymous";

export const ATTR = {
  methodName: "mcp.method.name",
  sessionId: "mcp.session.id",
  protocolVersion: "mcp.protocol.version",
  resourceUri: "mcp.resource.uri",
  toolName: "gen_ai.tool.name",
  promptName: "gen_ai.prompt.name",
  operationName: "gen_ai.operation.name",
  agentName: "gen_ai.agent.name",
  requestId: "jsonrpc.request.id",
  statusCode: "rpc.response.status_code",
  errorType: "error.type",
  networkTransport: "network.transport",
  networkProtocolName: "network.protocol.name",
  networkProtocolVersion: "network.protocol.version",
  clientAddress: "client.address",
  clientPort: "client.port",
  serverAddress: "server.address",
  serverPort: "server.port",
  userId: "user.id",
  agentRunId: "agent.run_id",
  tenantId: "tenant.id",
  inputSize: "mcp.input.size_bytes",
  outputSize: "mcp.output.size_bytes",
  argCount: "mcp.tool.arg.count",
  errorClass: "mcp.error.class",
  errorRetryable: "mcp.error.retryable",
  estimatedCost: "mcp.estimated_cost_usd",
  budgetMs: "mcp.budget_ms",
  timeoutMs: "mcp.timeout_ms",
  clientName: "mcp.client.name",
  clientVersion: "mcp.client.version",
  sessionToolCalls: "mcp.session.tool_calls",
  sessionEndReason: "mcp.session.end_reason",
} as const;

export const SPAN = { session: "mcp.session", invokeAgent: "invoke_agent" } as const;

/** The value of `gen_ai.operation.name` on tools/call. */
export const EXECUTE_TOOL = "execute_tool";

/** Baggage members taken into spans (by the same name) and log lines (by the name given here). */
export const BAGGAGE = { [ATTR.agentRunId]: "agent_run_id", [ATTR.tenantId]: "tenant_id" } as const;

/** The methods and notifications of MCP, both directions; every other name is `_OTHER`. */
export const METHODS: ReadonlySet<string> = new Set([
  "initialize",
  "ping",
  "tools/list",
  "tools/call",
  "prompts/list",
  "prompts/get",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "completion/complete",
  "logging/setLevel",
  "roots/list",
  "sampling/createMessage",
  "elicitation/create",
  "tasks/get",
  "tasks/list",
  "tasks/result",
  "tasks/cancel",
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/message",
  "notifications/roots/list_changed",
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/elicitation/complete",
  "notifications/tasks/status",
]);

/** How a finished request is judged: the `status` label and the log field `outcome`. */
export const OUTCOMES = ["success", "error", "rejected", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Error classes, and whether the same call may succeed when it is tried again. */
export const ERROR_CLASSES = {
  timeout: true,
  rate_limit: true,
  malformed_output: false,
  output_too_large: false,
  circuit_open: true,
  bulkhead_full: true,
  upstream: true,
  unknown: false,
} as const;
export type ErrorClass = keyof typeof ERROR_CLASSES;

/** `error.type` of a failed tool call. */
export const TOOL_ERROR = "tool_error";

export const TRANSPORTS = ["http", "stdio"] as const;
export type TransportName = (typeof TRANSPORTS)[number];
/** `network.transport` by transport. */
export const NETWORK_TRANSPORT = { http: "tcp", stdio: "pipe" } as const;

export const SESSION_END_REASONS = ["client_delete", "idle_timeout", "transport_closed", "shutdown"] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

export const REJECTION_REASONS = [
  "host",
  "origin",
  "auth",
  "session_owner",
  "body_too_large",
  "malformed_json",
  "invalid_message",
  "not_acceptable",
  "unsupported_media_type",
  "unknown_session",
  "missing_session",
  "already_initialized",
  "too_many_sessions",
  "method_not_allowed",
  "unsupported_version",
  "shutting_down",
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Names in a log line (Pino, NDJSON). */
export const LOG = {
  serviceName: "service_name",
  sessionId: "session_id",
  userId: "user_id",
  requestId: "request_id",
  method: "method",
  toolName: "tool_name",
  traceId: "trace_id",
  spanId: "span_id",
  traceSampled: "trace_sampled",
  outcome: "outcome",
  durationMs: "duration_ms",
  errorClass: "error_class",
  reason: "reason",
  endReason: "end_reason",
} as const;

/** `msg` of the line that closes a request. */
export const REQUEST_LINE = "request";

export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** Carries the label `trace_id` as an exemplar, only when the span is sampled. */
  readonly exemplars?: true;
}

const TOOL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
const OPERATION_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;
const SIZE_BUCKETS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] as const;

export const METRICS = {
  toolCalls: {
    name: "mcp_tool_calls_total",
    type: "counter",
    help: "Finished tool calls by outcome",
    labels: ["tool_name", "status", "transport"],
  },
  toolDuration: {
    name: "mcp_tool_duration_seconds",
    type: "histogram",
    help: "Duration of tool calls, from the request's arrival to the answer sent",
    labels: ["tool_name", "status"],
    buckets: TOOL_BUCKETS,
    exemplars: true,
  },
  toolErrors: {
    name: "mcp_tool_errors_total",
    type: "counter",
    help: "Failed tool calls by the class of their cause",
    labels: ["tool_name", "error_class", "retryable"],
  },
  toolOverBudget: {
    name: "mcp_tool_over_budget_total",
    type: "counter",
    help: "Tool calls that took longer than their tool's budget",
    labels: ["tool_name"],
  },
  toolInputBytes: {
    name: "mcp_tool_input_bytes",
    type: "histogram",
    help: "Size of the arguments of a tool call as JSON, in bytes",
    labels: ["tool_name"],
    buckets: SIZE_BUCKETS,
  },
  toolOutputBytes: {
    name: "mcp_tool_output_bytes",
    type: "histogram",
    help: "Size of the result of a tool call as JSON, in bytes",
    labels: ["tool_name"],
    buckets: SIZE_BUCKETS,
  },
  toolBudget: {
    name: "mcp_tool_budget_seconds",
    type: "gauge",
    help: "Time within which a call of the tool counts as fast enough",
    labels: ["tool_name"],
  },
  activeSessions: {
    name: "mcp_active_sessions",
    type: "gauge",
    help: "Sessions open now",
    labels: ["transport"],
  },
  sessions: {
    name: "mcp_sessions_total",
    type: "counter",
    help: "Ended sessions by the reason of their end",
    labels: ["transport", "end_reason"],
  },
  oldestSession: {
    name: "mcp_oldest_session_seconds",
    type: "gauge",
    help: "Age of the oldest open session",
    labels: [],
  },
  openStreams: {
    name: "mcp_open_streams",
    type: "gauge",
    help: "Open GET event streams",
    labels: [],
  },
  operationDuration: {
    name: "mcp_server_operation_duration_seconds",
    type: "histogram",
    help: "Duration of MCP requests and notifications received",
    labels: [
      "mcp_method_name",
      "gen_ai_tool_name",
      "gen_ai_prompt_name",
      "error_type",
      "rpc_response_status_code",
      "mcp_protocol_version",
      "network_transport",
    ],
    buckets: OPERATION_BUCKETS,
    exemplars: true,
  },
  sessionDuration: {
    name: "mcp_server_session_duration_seconds",
    type: "histogram",
    help: "Duration of ended sessions",
    labels: ["mcp_protocol_version", "network_transport", "error_type"],
    buckets: OPERATION_BUCKETS,
  },
  requestsInFlight: {
    name: "mcp_requests_in_flight",
    type: "gauge",
    help: "Requests received and not yet answered",
    labels: ["mcp_method_name"],
  },
  httpRejections: {
    name: "mcp_http_rejections_total",
    type: "counter",
    help: "HTTP requests refused before they reached MCP",
    labels: ["reason"],
  },
  circuitBreakerOpen: {
    name: "mcp_circuit_breaker_open",
    type: "gauge",
    help: "Whether the circuit breaker of a dependency is open (1) or not (0)",
    labels: ["dependency"],
  },
  exportFailures: {
    name: "mcp_trace_export_failures_total",
    type: "counter",
    help: "Batches of spans that the trace back end did not take",
    labels: [],
  },
  spansDropped: {
    name: "mcp_trace_spans_dropped_total",
    type: "counter",
    help: "Spans lost: export failed, or a buffer was full",
    labels: [],
  },
  spansExported: {
    name: "mcp_trace_spans_exported_total",
    type: "counter",
    help: "Spans the trace back end took",
    labels: [],
  },
  logLinesDropped: {
    name: "mcp_log_lines_dropped_total",
    type: "counter",
    help: "Log lines lost because their stream was closed or too slow",
    labels: [],
  },
  buildInfo: {
    name: "mcp_build_info",
    type: "gauge",
    help: "What is running; always 1",
    labels: ["version", "node_version", "sdk_version"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** Measured in the agent, a client, by the same conventions. */
export const CLIENT_METRICS = {
  operationDuration: {
    name: "mcp_client_operation_duration_seconds",
    type: "histogram",
    help: "Duration of MCP requests as the client saw them",
    labels: ["mcp_method_name", "gen_ai_tool_name", "error_type", "network_transport"],
    buckets: OPERATION_BUCKETS,
  },
  sessionDuration: {
    name: "mcp_client_session_duration_seconds",
    type: "histogram",
    help: "Duration of MCP sessions as the client saw them",
    labels: ["error_type", "network_transport"],
    buckets: OPERATION_BUCKETS,
  },
} as const satisfies Record<string, MetricDefinition>;

/** The one label of an exemplar. */
export const EXEMPLAR_TRACE_ID = "trace_id";

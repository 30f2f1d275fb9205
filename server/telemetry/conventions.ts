/**
 * Every name that this project emits. Tests compare the names in dashboards, rules and documents with this file.
 *
 * The names are those of the OpenTelemetry semantic conventions for MCP (gen-ai/mcp, status: development). Where the
 * conventions have none, the project has its own under `mcp.`.
 */

/** Replaces every unknown method, tool and prompt name, so that callers cannot create label values. */
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
  rejectionReason: "mcp.rejection.reason",
  estimatedCost: "mcp.estimated_cost_usd",
  budgetMs: "mcp.budget_ms",
  timeoutMs: "mcp.timeout_ms",
  clientName: "mcp.client.name",
  clientVersion: "mcp.client.version",
  sessionToolCalls: "mcp.session.tool_calls",
  sessionEndReason: "mcp.session.end_reason",
  probeTarget: "mcp.probe.target",
  probeStep: "mcp.probe.step",
  server: "mcp.server",
} as const;

export const SPAN = { session: "mcp.session", invokeAgent: "invoke_agent", probe: "probe" } as const;

/** The value of `gen_ai.operation.name` for tools/call. */
export const EXECUTE_TOOL = "execute_tool";

/** Baggage members that are copied to spans, under the same name, and to log lines, under the name given here. */
export const BAGGAGE = { [ATTR.agentRunId]: "agent_run_id", [ATTR.tenantId]: "tenant_id" } as const;

/** The methods and notifications of MCP in both directions. Every other name is `_OTHER`. */
export const METHODS: ReadonlySet<string> = new Set(
  `
  initialize ping tools/list tools/call prompts/list prompts/get resources/list resources/templates/list
  resources/read resources/subscribe resources/unsubscribe completion/complete logging/setLevel roots/list
  sampling/createMessage elicitation/create tasks/get tasks/list tasks/result tasks/cancel tasks/update
  server/discover subscriptions/listen notifications/subscriptions/acknowledged
  notifications/initialized notifications/cancelled notifications/progress notifications/message
  notifications/roots/list_changed notifications/tools/list_changed notifications/prompts/list_changed
  notifications/resources/list_changed notifications/resources/updated notifications/elicitation/complete
  notifications/tasks/status
`
    .trim()
    .split(/\s+/),
);

/** The methods whose params have the URI of a resource. */
export const RESOURCE_METHODS: ReadonlySet<string> = new Set([
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "notifications/resources/updated",
]);

/** The revisions without sessions. A request names its own; another name is `_OTHER`. */
export const STATELESS_REVISIONS: ReadonlySet<string> = new Set(["2026-07-28"]);

/** The revisions of MCP. Any other that a peer names is `_OTHER`. */
export const REVISIONS: ReadonlySet<string> = new Set([
  "2024-11-05",
  "2025-03-26",
  "2025-06-18",
  "2025-11-25",
  ...STATELESS_REVISIONS,
]);

/** The codes of JSON-RPC, of MCP and of its SDKs. Any other that a peer answers with is `_OTHER` in a label. */
export const STATUS_CODES: ReadonlySet<string> = new Set(
  `
  -32700 -32600 -32601 -32602 -32603
  -32000 -32001 -32002 -32020 -32021 -32022 -32042 -1
`
    .trim()
    .split(/\s+/),
);

/** The outcomes of a finished request: the label `status` and the log field `outcome`. */
export const OUTCOMES = ["success", "error", "rejected", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Error classes, and whether a retry of the same call may succeed. */
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

export const SESSION_END_REASONS = [
  "client_delete",
  "idle_timeout",
  "evicted",
  "transport_closed",
  "shutdown",
] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

/** `error.type` of a request or notification that got no answer: how its sending ended. */
export const SEND_FAILURES = ["not_sent", "cancelled", "connection_closed"] as const;
export type SendFailure = (typeof SEND_FAILURES)[number];

export const REJECTION_REASONS = [
  "too_many_connections",
  "malformed_http",
  "request_timeout",
  "headers_too_large",
  "not_found",
  "host",
  "origin",
  "auth",
  "session_owner",
  "body_too_large",
  "json_too_complex",
  "malformed_json",
  "invalid_message",
  "not_acceptable",
  "unsupported_media_type",
  "unknown_session",
  "missing_session",
  "already_initialized",
  "duplicate_id",
  "unknown_event",
  "too_many_sessions",
  "too_many_messages",
  "too_many_subscriptions",
  "message_rate",
  "too_many_bytes",
  "method_not_allowed",
  "unsupported_version",
  "header_mismatch",
  "invalid_envelope",
  "shutting_down",
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Why a request that reached MCP has the outcome `rejected`. */
export const CALLER_FAULTS = [
  "unknown_tool",
  "unknown_prompt",
  "unknown_resource",
  "unknown_method",
  "invalid_arguments",
  "invalid_params",
  "invalid_request",
  "unsupported_task",
  "missing_capability",
  "unsupported_version",
  "refused_by_handler",
] as const;
export type CallerFault = (typeof CALLER_FAULTS)[number];

/** What the authentication of an HTTP request found. */
export const AUTHENTICATION_RESULTS = ["success", "missing_token", "malformed_header", "unknown_token"] as const;
export type AuthenticationResult = (typeof AUTHENTICATION_RESULTS)[number];

/** Why a request to the metrics port was denied: the header `Host`, or the admin token. */
export const OPERATOR_DENIALS = ["host", "token"] as const;
export type OperatorDenial = (typeof OPERATOR_DENIALS)[number];

/** The fields of a log line. */
export const LOG = {
  serviceName: "service_name",
  replica: "replica",
  sessionId: "session_id",
  userId: "user_id",
  requestId: "request_id",
  method: "method",
  toolName: "tool_name",
  promptName: "prompt_name",
  resourceUri: "resource_uri",
  traceId: "trace_id",
  spanId: "span_id",
  traceSampled: "trace_sampled",
  outcome: "outcome",
  durationMs: "duration_ms",
  errorClass: "error_class",
  reason: "reason",
  endReason: "end_reason",
  toolCalls: "tool_calls",
  estimatedCost: "estimated_cost_usd",
  clientName: "client_name",
  clientVersion: "client_version",
  protocolVersion: "protocol_version",
  argKeys: "arg_keys",
  logger: "logger",
  target: "target",
  step: "step",
  changes: "changes",
  suspicions: "suspicions",
  server: "mcp_server",
  spansExported: "spans_exported",
  spansDropped: "spans_dropped",
} as const;

/** Of the resource, in spans and pushed metrics: the name of the replica. Prometheus makes the label `instance` of it. */
export const SERVICE_INSTANCE_ID = "service.instance.id";

/** The `msg` of the line of a finished request. */
export const REQUEST_LINE = "request";

/** The `msg` of the line of a server over HTTP that has begun to listen; its field `url` is the address of MCP. */
export const LISTENING_LINE = "listening";

/** The `logger` and the `msg` of an audit line. Other lines have no `logger`. */
export const AUDIT_LOGGER = "audit";

export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** An observation has the exemplar `trace_id` when its span is sampled. */
  readonly exemplars?: true;
}

const TOOL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const OPERATION_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
/** Those of operations, which the conventions have for sessions too, and further ones up to a day: sessions live long. */
const SESSION_BUCKETS = [...OPERATION_BUCKETS, 600, 1800, 3600, 7200, 21_600, 86_400];
const SIZE_BUCKETS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

type Names = readonly string[];
const counter = <const N extends string, const L extends Names>(name: N, labels: L, help: string) =>
  ({ name, type: "counter", labels, help }) as const;
const gauge = <const N extends string, const L extends Names>(name: N, labels: L, help: string) =>
  ({ name, type: "gauge", labels, help }) as const;
const histogram = <const N extends string, const L extends Names>(
  name: N,
  labels: L,
  help: string,
  buckets: number[],
) => ({ name, type: "histogram", labels, help, buckets }) as const;
const SENT = histogram(
  "mcp_client_operation_duration_seconds",
  [
    "mcp_method_name",
    "gen_ai_tool_name",
    "gen_ai_prompt_name",
    "error_type",
    "rpc_response_status_code",
    "mcp_protocol_version",
    "network_transport",
    "server_address",
    "server_port",
  ],
  "Duration of sent MCP requests and notifications, until the answer is there or the notification is sent",
  OPERATION_BUCKETS,
);
const withExemplars = <D extends MetricDefinition>(definition: D) => ({ ...definition, exemplars: true }) as const;

export const METRICS = {
  toolCalls: counter("mcp_tool_calls_total", ["tool_name", "status", "transport"], "Finished tool calls by outcome"),
  toolDuration: withExemplars(
    histogram(
      "mcp_tool_duration_seconds",
      ["tool_name", "status"],
      "Duration of tool calls, from arrival until the answer is sent",
      TOOL_BUCKETS,
    ),
  ),
  toolErrors: counter("mcp_tool_errors_total", ["tool_name", "error_class", "retryable"], "Failed tool calls by cause"),
  toolOverBudget: counter("mcp_tool_over_budget_total", ["tool_name"], "Tool calls that exceeded the budget"),
  toolInputBytes: histogram("mcp_tool_input_bytes", ["tool_name"], "Size of the arguments as JSON", SIZE_BUCKETS),
  toolOutputBytes: histogram("mcp_tool_output_bytes", ["tool_name"], "Size of the result as JSON", SIZE_BUCKETS),
  toolDefinitionBytes: gauge(
    "mcp_tool_definition_bytes",
    ["tool_name"],
    "Size of the definition in the newest tools/list as JSON",
  ),
  toolsListBytes: gauge("mcp_tools_list_bytes", [], "Size of the result of the newest tools/list as JSON"),
  toolBudget: gauge("mcp_tool_budget_seconds", ["tool_name"], "Budget: calls that take longer are slow"),
  toolTimeout: gauge("mcp_tool_timeout_seconds", ["tool_name"], "Timeout: calls that take longer fail"),
  toolLateCompletions: counter("mcp_tool_late_completions_total", ["tool_name"], "Calls that ended after timeout"),
  toolCost: counter("mcp_tool_estimated_cost_usd_total", ["tool_name"], "Estimated cost of tool calls in US dollars"),
  resourceReads: counter(
    "mcp_resource_reads_total",
    ["resource_uri", "status", "transport"],
    "Finished reads of resources by outcome; by template, where the URI has one",
  ),
  resourceDuration: withExemplars(
    histogram(
      "mcp_resource_duration_seconds",
      ["resource_uri", "status"],
      "Duration of reads of resources, from arrival until the answer is sent",
      TOOL_BUCKETS,
    ),
  ),
  resourceErrors: counter(
    "mcp_resource_errors_total",
    ["resource_uri", "error_class", "retryable"],
    "Failed reads of resources by cause",
  ),
  resourceOutputBytes: histogram(
    "mcp_resource_output_bytes",
    ["resource_uri"],
    "Size of the contents as JSON",
    SIZE_BUCKETS,
  ),
  promptGets: counter(
    "mcp_prompt_gets_total",
    ["prompt_name", "status", "transport"],
    "Finished requests of prompts by outcome",
  ),
  promptDuration: withExemplars(
    histogram(
      "mcp_prompt_duration_seconds",
      ["prompt_name", "status"],
      "Duration of requests of prompts, from arrival until the answer is sent",
      TOOL_BUCKETS,
    ),
  ),
  promptErrors: counter(
    "mcp_prompt_errors_total",
    ["prompt_name", "error_class", "retryable"],
    "Failed requests of prompts by cause",
  ),
  promptInputBytes: histogram(
    "mcp_prompt_input_bytes",
    ["prompt_name"],
    "Size of a prompt's arguments as JSON",
    SIZE_BUCKETS,
  ),
  promptOutputBytes: histogram(
    "mcp_prompt_output_bytes",
    ["prompt_name"],
    "Size of a prompt's messages as JSON",
    SIZE_BUCKETS,
  ),
  runawayEpisodes: counter(
    "mcp_runaway_episodes_total",
    ["tool_name"],
    "Sessions or callers that called one tool too often",
  ),
  middlewareFailures: counter("mcp_middleware_failures_total", ["middleware"], "Errors in a middleware itself"),
  bulkheadRunning: gauge("mcp_bulkhead_running", ["bulkhead"], "Calls that run in a bulkhead"),
  bulkheadQueued: gauge("mcp_bulkhead_queued", ["bulkhead"], "Calls that wait for a bulkhead"),
  bulkheadLimit: gauge("mcp_bulkhead_limit", ["bulkhead"], "Most calls that may run in a bulkhead"),
  activeSessions: gauge("mcp_active_sessions", ["transport"], "Sessions open now"),
  sessions: counter("mcp_sessions_total", ["transport", "end_reason"], "Ended sessions by reason"),
  clientSessions: counter(
    "mcp_client_sessions_total",
    ["mcp_client_name", "mcp_protocol_version"],
    "Sessions that were initialized, by the client's name",
  ),
  clientCalls: counter(
    "mcp_client_tool_calls_total",
    ["mcp_client_name", "mcp_protocol_version", "status"],
    "Finished tool calls by the client's name",
  ),
  clientCallDuration: histogram(
    "mcp_client_tool_call_duration_seconds",
    ["mcp_client_name"],
    "Duration of tool calls by the client's name, as the server measures it",
    TOOL_BUCKETS,
  ),
  oldestSession: gauge("mcp_oldest_session_seconds", [], "Age of the oldest open session"),
  openStreams: gauge("mcp_open_streams", [], "Event streams open now"),
  operationDuration: withExemplars(
    histogram(
      "mcp_server_operation_duration_seconds",
      [
        "mcp_method_name",
        "gen_ai_tool_name",
        "gen_ai_prompt_name",
        "error_type",
        "rpc_response_status_code",
        "mcp_protocol_version",
        "network_transport",
      ],
      "Duration of received MCP requests and notifications",
      OPERATION_BUCKETS,
    ),
  ),
  sessionDuration: histogram(
    "mcp_server_session_duration_seconds",
    ["mcp_protocol_version", "network_transport", "error_type"],
    "Duration of ended sessions",
    SESSION_BUCKETS,
  ),
  sentDuration: SENT,
  rejections: counter(
    "mcp_request_rejections_total",
    ["mcp_method_name", "tool_name", "reason"],
    "Requests that reached MCP and were rejected, because their caller is at fault",
  ),
  requestsInFlight: gauge("mcp_requests_in_flight", ["mcp_method_name"], "Requests received and not yet answered"),
  httpRejections: counter("mcp_http_rejections_total", ["reason"], "HTTP requests refused before MCP"),
  authentications: counter(
    "mcp_authentications_total",
    ["result"],
    "Authentications of HTTP requests by result; only with a tokens file",
  ),
  operatorDenials: counter(
    "mcp_operator_denials_total",
    ["reason"],
    "Requests to the metrics port with a wrong host or admin token",
  ),
  circuitBreakerOpen: gauge("mcp_circuit_breaker_open", ["dependency"], "1 while its circuit breaker is open"),
  exportFailures: counter(
    "mcp_trace_export_failures_total",
    [],
    "Attempts to export a batch of spans that failed. The batch is tried again",
  ),
  spansDropped: counter("mcp_trace_spans_dropped_total", [], "Spans lost: failed export or full buffer"),
  spansExported: counter("mcp_trace_spans_exported_total", [], "Spans that the back end accepted"),
  logLinesDropped: counter(
    "mcp_log_lines_dropped_total",
    [],
    "Log lines lost: output closed or too slow, or export failed",
  ),
  buildInfo: gauge("mcp_build_info", ["version", "node_version", "sdk_version"], "Versions of what runs; always 1"),
} as const;

/** The name of a server, where one process stands in front of several. */
export const SERVER_LABEL = "mcp_server";

/** The metrics that have this label too, in such a process. */
export const PER_SERVER: ReadonlySet<string> = new Set(
  [
    METRICS.toolCalls,
    METRICS.toolDuration,
    METRICS.toolErrors,
    METRICS.toolOverBudget,
    METRICS.toolInputBytes,
    METRICS.toolOutputBytes,
    METRICS.toolDefinitionBytes,
    METRICS.toolsListBytes,
    METRICS.toolBudget,
    METRICS.resourceReads,
    METRICS.resourceDuration,
    METRICS.resourceErrors,
    METRICS.resourceOutputBytes,
    METRICS.promptGets,
    METRICS.promptDuration,
    METRICS.promptErrors,
    METRICS.promptInputBytes,
    METRICS.promptOutputBytes,
    METRICS.sentDuration,
    METRICS.activeSessions,
    METRICS.sessions,
    METRICS.sessionDuration,
    METRICS.clientSessions,
    METRICS.clientCalls,
    METRICS.clientCallDuration,
    METRICS.operationDuration,
    METRICS.rejections,
    METRICS.requestsInFlight,
    METRICS.httpRejections,
  ].map(({ name }) => name),
);

/** The metrics of the agent, which is a client. */
export const CLIENT_METRICS = {
  sentDuration: SENT,
  sessionDuration: histogram(
    "mcp_client_session_duration_seconds",
    ["mcp_protocol_version", "network_transport", "error_type", "server_address", "server_port"],
    "Duration of MCP sessions, measured by the client",
    SESSION_BUCKETS,
  ),
} as const;

/** The steps of a probe, in order. The first step that fails ends the probe. */
export const PROBE_STEPS = ["tcp", "http", "initialize", "tools_list", "tool_call"] as const;
export type ProbeStep = (typeof PROBE_STEPS)[number];

/** Why a step failed. */
export const PROBE_REASONS = [
  "dns",
  "refused",
  "timeout",
  "tls",
  "http_status",
  "protocol",
  "rpc_error",
  "tool_error",
  "wrong_answer",
] as const;
export type ProbeReason = (typeof PROBE_REASONS)[number];

/**
 * How the tools and instructions of a target differ from the approved ones. `other` is every further member of a tool, such
 * as its icons.
 */
export const PROBE_CHANGES = [
  "tool_added",
  "tool_removed",
  "title",
  "description",
  "annotations",
  "input_schema",
  "output_schema",
  "other",
  "instructions",
] as const;
export type ProbeChange = (typeof PROBE_CHANGES)[number];

/** What is suspicious in a tool, or in instructions, that nobody has approved. */
export const PROBE_SUSPICIONS = ["invisible_characters", "bidirectional_characters", "shadowed_tool"] as const;
export type ProbeSuspicion = (typeof PROBE_SUSPICIONS)[number];

/** The metrics of the probe. A step that the newest probe did not reach has no success and no duration. */
export const PROBE_METRICS = {
  success: gauge("mcp_probe_success", ["target", "step"], "1 if the newest probe passed this step, else 0"),
  duration: gauge("mcp_probe_duration_seconds", ["target", "step"], "Duration of this step in the newest probe"),
  failures: counter("mcp_probe_failures_total", ["target", "step", "reason"], "Failed probes by step and reason"),
  tools: gauge("mcp_probe_tools", ["target"], "Tools that the target lists"),
  approved: gauge("mcp_probe_approved", ["target"], "1 if the file of approved tools has this target, else 0"),
  changes: gauge(
    "mcp_probe_changes",
    ["target", "kind"],
    "Differences from the approved tools and instructions, or from those seen first, by kind",
  ),
  suspicions: gauge(
    "mcp_probe_suspicions",
    ["target", "kind"],
    "Tools and instructions that are suspicious and not approved, by kind",
  ),
  certificateExpiry: gauge(
    "mcp_probe_certificate_expiry_timestamp_seconds",
    ["target"],
    "Unix time at which the target's certificate expires",
  ),
  lastSuccess: gauge(
    "mcp_probe_last_success_timestamp_seconds",
    ["target"],
    "Unix time at which a probe last passed every step; 0 if none did",
  ),
  info: gauge(
    "mcp_probe_info",
    ["target", "protocol_version", "mcp_method_name"],
    "Negotiated protocol version, and the method that told it: server/discover or initialize; always 1",
  ),
} as const;

/** The label of an exemplar. */
export const EXEMPLAR_TRACE_ID = "trace_id";

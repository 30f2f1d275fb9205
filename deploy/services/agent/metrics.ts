/** MCP as the client saw it, by the client's half of the conventions. */
import { CLIENT_METRICS, NETWORK_TRANSPORT } from "../../../server/telemetry/conventions.ts";
import type { MetricsRegistry, SentRequest } from "../../../server/telemetry/index.ts";
import { histogram } from "../../../server/telemetry/index.ts";

export class AgentMetrics {
  readonly #operations;
  readonly #sessions;

  constructor(registry: MetricsRegistry) {
    this.#operations = histogram(registry, CLIENT_METRICS.operationDuration);
    this.#sessions = histogram(registry, CLIENT_METRICS.sessionDuration);
  }

  operation({ method, toolName, errorType, seconds }: SentRequest): void {
    this.#operations.observe(
      {
        mcp_method_name: method,
        gen_ai_tool_name: toolName ?? "",
        error_type: errorType ?? "",
        network_transport: NETWORK_TRANSPORT.http,
      },
      seconds,
    );
  }

  session(seconds: number): void {
    this.#sessions.observe({ error_type: "", network_transport: NETWORK_TRANSPORT.http }, seconds);
  }
}

/** The metric of sent requests and notifications, of a client and of a server's own. */
import { ATTR, METRICS, NETWORK_TRANSPORT, OTHER, SEND_FAILURES, STATUS_CODES, TOOL_ERROR } from "../conventions.ts";
import { histogram, serverLabel } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

/** What of a sent message is measured. */
interface Measured {
  readonly method: string;
  readonly toolName: string | undefined;
  readonly promptName: string | undefined;
  readonly errorType: string | undefined;
  readonly statusCode: string | undefined;
  readonly seconds: number;
  readonly to: {
    readonly transport: keyof typeof NETWORK_TRANSPORT;
    readonly protocolVersion?: string | undefined;
    readonly server?: string | undefined;
    readonly connection?: Readonly<Record<string, unknown>>;
  };
}

/** @returns a function that records a message once it has ended */
export function sentMetrics(registry: MetricsRegistry): (sent: Measured) => void {
  const duration = histogram(registry, METRICS.sentDuration);
  return ({ method, toolName, promptName, errorType, statusCode, seconds, to }) =>
    duration.observe(
      {
        mcp_method_name: method,
        gen_ai_tool_name: toolName ?? "",
        gen_ai_prompt_name: promptName ?? "",
        error_type: closed(errorType, ERROR_TYPES),
        rpc_response_status_code: closed(statusCode, STATUS_CODES),
        mcp_protocol_version: to.protocolVersion ?? "",
        network_transport: NETWORK_TRANSPORT[to.transport],
        server_address: String(to.connection?.[ATTR.serverAddress] ?? ""),
        server_port: String(to.connection?.[ATTR.serverPort] ?? ""),
        ...serverLabel(to.server),
      },
      seconds,
    );
}

const ERROR_TYPES: ReadonlySet<string> = new Set([TOOL_ERROR, ...SEND_FAILURES, ...STATUS_CODES]);

/** Whoever answers chooses the code of an error. */
function closed(value: string | undefined, values: ReadonlySet<string>): string {
  if (value === undefined) return "";
  return values.has(value) ? value : OTHER;
}

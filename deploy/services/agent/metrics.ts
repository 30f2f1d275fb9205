/** MCP as the client saw it, by the client's half of the conventions. */

import { addressOf, describeError, histogram, type MetricsRegistry, type Sent, sentMetrics } from "mcp-telemetry";
import { ATTR, CLIENT_METRICS, NETWORK_TRANSPORT, OTHER, STATUS_CODES } from "mcp-telemetry/conventions";

export class AgentMetrics {
  /** Records a request that has ended, or a notification that is sent. */
  readonly sent: (sent: Sent) => void;
  readonly #sessions;

  constructor(registry: MetricsRegistry) {
    this.sent = sentMetrics(registry);
    this.#sessions = histogram(registry, CLIENT_METRICS.sessionDuration);
  }

  /** @param error that ended the session; undefined: the agent did */
  session(url: URL, protocolVersion: string | undefined, seconds: number, error: unknown): void {
    const address = addressOf(url);
    this.#sessions.observe(
      {
        mcp_protocol_version: protocolVersion ?? "",
        network_transport: NETWORK_TRANSPORT.http,
        error_type: error === undefined ? "" : errorTypeOf(error),
        server_address: String(address[ATTR.serverAddress]),
        server_port: String(address[ATTR.serverPort]),
      },
      seconds,
    );
  }
}

/** An HTTP status, or a code of Node.js such as `ECONNRESET`. */
const CODE = /^(?:[1-5]\d\d|E[A-Z]+|UND_ERR_[A-Z_]+)$/;

/** The code of an error or of its cause, from a closed set: the server chooses some codes. */
function errorTypeOf(error: unknown): string {
  const { code, cause } = describeError(error);
  const known = [code, cause?.code].find((one) => one !== undefined && (CODE.test(one) || STATUS_CODES.has(one)));
  return known ?? OTHER;
}

/** What the telemetry offers to the server that starts it. */
import type { Logger } from "pino";
import type { AuthenticationResult, ErrorClass, RejectionReason, SessionEndReason } from "./conventions.ts";
import type { MetricsRegistry } from "./metrics/registry.ts";
import type { Build } from "./metrics/self.ts";
import type { Server, Transport } from "./observe/mcp.ts";
import type { Names } from "./observe/tool-catalogue.ts";
import type { PipelineTelemetry } from "./pipeline.ts";

export interface TelemetryOptions {
  readonly build?: Build;
  /** The transport of this process. With `stdio`, log lines go to stderr. Without it, each SDK transport tells. */
  readonly transport?: "http" | "stdio";
  /** Whether the server accepts requests. `/readyz` calls it. */
  readonly ready?: () => boolean;
  /**
   * Finds the error class of what a tool's handler threw. Undefined: the caller is at fault, and the call is `rejected`.
   * Without it, every class is `unknown`.
   */
  readonly classify?: (error: unknown) => ErrorClass | undefined;
}

/** What is told of one server. */
export type ServerTelemetry = Pick<Telemetry, "observe" | "endSession" | "names" | "rejected">;

export interface Telemetry {
  readonly logger: Logger;
  readonly registry: MetricsRegistry;
  /** Instruments a server. Call it before the server's tools are registered and before `connect`. */
  instrument(server: Server): void;
  /** Observes the messages of a transport to which no SDK server is connected. */
  observe(transport: Transport): void;
  /** The names of tools and prompts that may be emitted. `instrument` adds those of its server. */
  readonly names: Names;
  /** The telemetry of one of several servers that this process stands in front of. @param name from a closed set */
  ofServer(name: string): ServerTelemetry;
  /** What a tool pipeline reports to. */
  readonly pipeline: PipelineTelemetry;
  /** Counts and logs a request that was refused before MCP. */
  rejected(reason: RejectionReason): void;
  /** Counts the authentication of an HTTP request. */
  authenticated(result: AuthenticationResult): void;
  /** Counts and logs a message over stdio that was refused, because it could not be read. @param code of its JSON-RPC error */
  unreadable(reason: RejectionReason, code: number): void;
  /** Counts an open event stream. @returns a function to call when the stream closes */
  streamOpened(): () => void;
  /** The number of requests that are received and not yet answered. */
  pending(): number;
  /** Ends the session of a transport with a reason. Call it before you close the transport. */
  endSession(transport: Transport, reason: SessionEndReason): void;
  /**
   * Ends open sessions, flushes spans and log lines, and undoes what the start has changed in the process. Never rejects.
   * Then a new telemetry can be started. Only the first call has an effect.
   *
   * @param reason why open sessions end; `shutdown` without it
   */
  shutdown(reason?: SessionEndReason): Promise<void>;
}

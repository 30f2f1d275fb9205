/** The errors that the pipeline itself throws. */
import type { ErrorClass } from "mcp-telemetry/conventions";
import { SafeError } from "mcp-telemetry/safe-error";

/** A failure with a known error class. Its message is for the caller and the log: it must not contain arguments. */
export class ToolFailure extends SafeError {
  override name = "ToolFailure";
  readonly errorClass: ErrorClass;

  constructor(errorClass: ErrorClass, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorClass = errorClass;
  }
}

/**
 * An argument fits the schema, but the tool cannot work with it; or the client does not answer the tool's question. The
 * caller gets the message. The call counts as `rejected`, like one whose arguments do not fit the schema, and not as an
 * error of the server.
 */
export class InvalidArgument extends Error {
  override name = "InvalidArgument";
}

/** A dependency answered with an error status, or with a redirect that is not followed. Of the answer, only `Retry-After` is kept. */
export class UpstreamError extends SafeError {
  override name = "UpstreamError";
  readonly dependency: string;
  /** HTTP status, 300 to 599. */
  readonly status: number;
  /** Milliseconds to wait before the next attempt, as the dependency asked. */
  readonly retryAfterMs: number | undefined;

  /** @param retryAfter the header `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3) */
  constructor(dependency: string, status: number, retryAfter: string | null = null) {
    const ms = retryAfter === null ? Number.NaN : millisecondsIn(retryAfter);
    const retry = Number.isNaN(ms) ? "" : `; try again after ${Math.ceil(ms / 1000)} s`;
    super(`${dependency} answered with status ${status}${retry}`);
    this.dependency = dependency;
    this.status = status;
    this.retryAfterMs = Number.isNaN(ms) ? undefined : ms;
  }
}

function millisecondsIn(retryAfter: string): number {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  return Math.max(0, Date.parse(retryAfter) - Date.now());
}

/**
 * Watches a handler: only here is the error seen that it throws, of which the SDK sends only the message. The record of
 * the call tells whether a handler was entered, and how it ended.
 */
import type { Logger } from "pino";
import { type ErrorClass, LOG } from "../conventions.ts";
import { argumentKeys } from "../request/call.ts";
import { isErrorResult } from "../request/outcome.ts";
import { currentCall } from "../request/scope.ts";
import { SafeError } from "../safe-error.ts";

export type Handler = (...args: unknown[]) => unknown;

export interface Watching {
  /** Finds the error class of what a handler threw. */
  readonly classify: (error: unknown) => ErrorClass | undefined;
  readonly logger: Logger;
}

/**
 * @param watching undefined while the telemetry does not run
 * @param validated the part of its arguments that the SDK has validated: only the names of such may be emitted
 * @returns a handler that does the same
 */
export function watched(
  handler: Handler,
  watching: () => Watching | undefined,
  validated: (args: readonly unknown[]) => readonly unknown[],
): Handler {
  return async (...args) => {
    const call = currentCall();
    const now = watching();
    if (call === undefined || now === undefined) return handler(...args);
    const { classify, logger } = now;
    call.handler = "entered";
    call.handlerArguments = validated(args);
    if (logger.isLevelEnabled("debug")) {
      logger.debug({ [LOG.argKeys]: argumentKeys(call.handlerArguments) }, "handler entered");
    }
    try {
      const result = await handler(...args);
      if (call.handler === "entered") call.handler = isErrorResult(result) ? "answered with an error" : "returned";
      return result;
    } catch (error) {
      if (call.handler === "entered") {
        call.errorClass = classOf(error, classify);
        call.handler = call.errorClass === undefined ? "rejected the arguments" : "threw";
        if (call.handler === "threw") call.cause = error;
      }
      throw answerable(error);
    }
  };
}

/** The SDK reads the message of what a handler threw. Without a readable one, its answer would be an invalid result. */
function answerable(thrown: unknown): unknown {
  try {
    if (typeof (thrown instanceof Error ? thrown.message : String(thrown)) === "string") return thrown;
  } catch {}
  return new SafeError("the handler threw a value without a readable message");
}

function classOf(error: unknown, classify: Watching["classify"]): ErrorClass | undefined {
  try {
    return classify(error);
  } catch {
    return "unknown";
  }
}

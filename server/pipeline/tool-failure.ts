/** A failure the pipeline itself decides on: its class is known, and its message is meant for the caller. */
import type { ErrorClass } from "../telemetry/conventions.ts";

export class ToolFailure extends Error {
  override name = "ToolFailure";
  readonly errorClass: ErrorClass;

  constructor(errorClass: ErrorClass, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorClass = errorClass;
  }
}

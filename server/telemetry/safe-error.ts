const SAFE = Symbol.for("mcp.telemetry.safe");

/**
 * An error whose message may appear in log lines and spans. The messages of other errors are not emitted: a library may
 * have put arguments or secrets into them.
 */
export class SafeError extends Error {
  override name = "SafeError";
  readonly [SAFE] = true;
}

/** True also for an error of another copy of this package. */
export const isSafeError = (thrown: object): boolean => SAFE in thrown;

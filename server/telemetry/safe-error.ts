/**
 * An error whose message may appear in log lines and spans. The messages of other errors are not emitted: a library may
 * have put arguments or secrets into them.
 */
export class SafeError extends Error {
  override name = "SafeError";
}

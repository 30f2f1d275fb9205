/** A dependency answered with a status that is no success. Holds no part of the answer but its `Retry-After`. */
export class UpstreamError extends Error {
  override name = "UpstreamError";
  readonly dependency: string;
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Milliseconds after which the dependency wants to be asked again. */
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

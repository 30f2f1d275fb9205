/** A dependency answered with a status that is no success. Holds no part of the answer. */
export class UpstreamError extends Error {
  override name = "UpstreamError";
  readonly dependency: string;
  /** HTTP status, 400 to 599. */
  readonly status: number;

  constructor(dependency: string, status: number) {
    super(`${dependency} answered with status ${status}`);
    this.dependency = dependency;
    this.status = status;
  }
}

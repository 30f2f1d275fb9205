/**
 * An HTTP service on which tools depend, with retries and a circuit breaker that all these tools share. Each attempt has
 * a client span. Each change of the breaker sets a gauge, and writes a `warn` line and a span event.
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
} from "cockatiel";
import type { PipelineTelemetry } from "../telemetry/index.ts";
import { classify } from "./classify.ts";
import { ToolFailure, UpstreamError } from "./errors.ts";

/** Failures in a row that open the breaker. */
const BREAKER_THRESHOLD = 5;
const HALF_OPEN_AFTER_MS = 10_000;
/** Attempts after the first. */
const RETRIES = 2;
const MAX_RETRY_AFTER_MS = 1000;

export interface Dependency {
  /**
   * Sends a GET request. A response with status 404 is returned, other error statuses are thrown.
   *
   * @throws {UpstreamError} for an error status other than 404
   * @throws {ToolFailure} `circuit_open`, at once, while the breaker is open
   */
  get(path: string, signal: AbortSignal): Promise<Response>;
}

/** @param name the value of the label `dependency` @param baseUrl such as `http://rates:8080` */
export function dependency(name: string, baseUrl: string, telemetry: PipelineTelemetry): Dependency {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(BREAKER_THRESHOLD),
  });
  const retries = retry(handleWhen(isWorthRetrying), {
    maxAttempts: RETRIES,
    backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: MAX_RETRY_AFTER_MS }),
  });
  telemetry.breaker(name, () => breaker.state === CircuitState.Open || breaker.state === CircuitState.Isolated);
  breaker.onBreak(() => telemetry.degraded("circuit breaker open", { dependency: name }));
  breaker.onHalfOpen(() => telemetry.degraded("circuit breaker half-open", { dependency: name }));
  breaker.onReset(() => telemetry.degraded("circuit breaker closed", { dependency: name }));
  retries.onRetry(({ attempt, delay }) =>
    telemetry.degraded("retry", { dependency: name, attempt, delay_ms: Math.round(delay) }),
  );
  const policy = wrap(retries, breaker);

  return {
    async get(path, signal) {
      try {
        return await policy.execute(() => request(name, new URL(path, baseUrl), signal), signal);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new ToolFailure("circuit_open", `${name} is failing and is not asked for a while: try again later`);
      }
    },
  };
}

async function request(name: string, url: URL, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (response.ok || response.status === 404) return response;
  await response.body?.cancel();
  throw new UpstreamError(name, response.status, response.headers.get("retry-after"));
}

/** What the breaker counts. A call that the client cancels is not the dependency's failure. */
function isOutage(error: unknown): boolean {
  const errorClass = classify(error);
  return errorClass === "upstream" || errorClass === "timeout";
}

function isWorthRetrying(error: unknown): boolean {
  if (error instanceof UpstreamError && (error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) return false;
  const errorClass = classify(error);
  return errorClass === "upstream" || errorClass === "rate_limit";
}

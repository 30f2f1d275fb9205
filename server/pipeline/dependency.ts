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
import type { PipelineTelemetry } from "mcp-telemetry";
import { classify } from "./classify.ts";
import { ToolFailure, UpstreamError } from "./errors.ts";

/** Failures in a row that open the breaker. */
const BREAKER_THRESHOLD = 5;
const HALF_OPEN_AFTER_MS = 10_000;
/** Attempts after the first. */
const RETRIES = 2;
const MAX_RETRY_AFTER_MS = 1000;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Bytes of an answer after decompression. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface Dependency {
  /**
   * Sends a GET request and reads its answer as JSON. Nothing is sent to any other origin than that of `baseUrl`: neither
   * the request nor the trace context and baggage in its headers.
   *
   * @returns the JSON, not validated; undefined for status 404
   * @throws {UpstreamError} for any other error status, and for a redirect to another origin
   * @throws {ToolFailure} `output_too_large` for an answer that is too large; `circuit_open`, at once, while the breaker
   * is open
   * @throws {SyntaxError} for an answer that is not JSON
   * @throws {TypeError} for a path that leads to another origin, such as `//example.org`
   */
  getJson(path: string, signal: AbortSignal): Promise<unknown>;
}

/**
 * @param name the value of the label `dependency`
 * @param baseUrl such as `http://rates:8080`
 * @param maxAnswerBytes limit of an answer, after decompression
 */
export function dependency(
  name: string,
  baseUrl: string,
  telemetry: PipelineTelemetry,
  maxAnswerBytes: number = MAX_ANSWER_BYTES,
): Dependency {
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

  const attempt = async (path: string, signal: AbortSignal): Promise<unknown> => {
    const response = await request(name, urlOf(path, baseUrl), signal);
    if (response === undefined) return undefined;
    const text = await textOf(response, maxAnswerBytes);
    if (text !== undefined) return JSON.parse(text);
    telemetry.degraded("answer too large", { dependency: name, limit_bytes: maxAnswerBytes });
    throw new ToolFailure("output_too_large", `${name} sent more than ${maxAnswerBytes} bytes`);
  };

  return {
    async getJson(path, signal) {
      try {
        return await policy.execute(() => attempt(path, signal), signal);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new ToolFailure("circuit_open", `${name} is failing and is not asked for a while: try again later`);
      }
    },
  };
}

function urlOf(path: string, baseUrl: string): URL {
  const url = new URL(path, baseUrl);
  if (url.origin !== new URL(baseUrl).origin) throw new TypeError("the path leads to another origin");
  return url;
}

/**
 * Follows redirects within the origin only. `fetch` follows them to internal addresses too.
 *
 * @returns a successful response; undefined for status 404
 */
async function request(name: string, url: URL, signal: AbortSignal, redirects = 0): Promise<Response | undefined> {
  const response = await fetch(url, { signal, redirect: "manual" });
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  const next = redirectWithin(url, response);
  if (next !== null && redirects < MAX_REDIRECTS) return request(name, next, signal, redirects + 1);
  throw new UpstreamError(name, response.status, response.headers.get("retry-after"));
}

/** @returns null for any other response, and for a redirect to another origin */
function redirectWithin({ origin, href }: URL, { status, headers }: Response): URL | null {
  const location = REDIRECTS.has(status) ? headers.get("location") : null;
  const next = location === null ? null : URL.parse(location, href);
  return next?.origin === origin ? next : null;
}

/** @returns the body; undefined, and no more of it is received, when it is too large */
async function textOf({ body }: Response, maxBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
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

/** Hands a batch to an OTLP exporter, and says what became of it: once, and within a time that covers the whole answer. */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { context, createContextKey } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";

export interface Delivery {
  /** Set when the batch was not accepted. */
  readonly error?: Error;
  /** Spans of an accepted batch that the collector refused. */
  readonly refused: number;
  /** The collector's reason. */
  readonly why: string;
}

/** Hands over a batch. @returns cancels it: then it has failed */
export type Deliver = (spans: ReadableSpan[], done: (result: Delivery) => void) => () => void;

/** The exporter threw. */
export class NotSent extends Error {}

/** The HTTP requests that an export has made. */
interface Attempt {
  readonly requests: ClientRequest[];
  over: boolean;
}

/** Of a collector's reason, in characters. */
const MAX_REASON_LENGTH = 500;

const ATTEMPT = createContextKey("attempt of an export");

/** The exporter's own timeout is for a silent connection: an answer that drips keeps the request open for ever. */
function followRequests(): void {
  subscribe("http.client.request.created", (message) => {
    const { request } = message as { request: ClientRequest };
    const attempt = context.active().getValue(ATTEMPT) as Attempt | undefined;
    if (attempt?.over) request.destroy();
    else attempt?.requests.push(request);
  });
}

/** @param timeoutMs for an export with all its retries */
export function delivery(exporter: SpanExporter, timeoutMs: number): Deliver {
  const refusal = { refused: 0, why: "" };
  readAnswers(exporter, ({ rejectedSpans, errorMessage }) => {
    const refused = Number(rejectedSpans ?? 0);
    refusal.refused = refused > 0 ? refused : 0;
    refusal.why = String(errorMessage ?? "").slice(0, MAX_REASON_LENGTH);
  });
  followRequests();
  return (spans, done) => {
    const attempt: Attempt = { requests: [], over: false };
    const end = (error?: Error) => {
      // The answer was read just before.
      const result = { ...refusal, ...(error && { error }) };
      Object.assign(refusal, { refused: 0, why: "" });
      if (attempt.over) return;
      attempt.over = true;
      clearTimeout(timer);
      if (error !== undefined) for (const request of attempt.requests) request.destroy();
      done(result);
    };
    const timer = setTimeout(() => end(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    timer.unref();
    context.with(context.active().setValue(ATTEMPT, attempt), () => {
      try {
        exporter.export(spans, ({ code, error }) =>
          end(code === 0 ? undefined : (error ?? new Error("export failed"))),
        );
      } catch (error) {
        end(new NotSent("the exporter threw", { cause: error }));
      }
    });
    return () => end(new Error("shut down"));
  };
}

interface PartialSuccess {
  readonly rejectedSpans?: unknown;
  readonly errorMessage?: unknown;
}

/** Members of an OTLP exporter; see docs/vendor-seams.md. */
interface OtlpExporter {
  readonly _delegate?: {
    _responseHandler: { handleResponse(answer: { partialSuccess?: PartialSuccess } | undefined): void };
  };
}

function readAnswers(exporter: SpanExporter, read: (partial: PartialSuccess) => void): void {
  const delegate = (exporter as OtlpExporter)._delegate;
  if (delegate === undefined) return;
  delegate._responseHandler = {
    handleResponse: (answer) => void (answer?.partialSuccess && read(answer.partialSuccess)),
  };
}

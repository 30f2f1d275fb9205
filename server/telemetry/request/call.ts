/** One record per request or notification received, from its arrival to the end of its span. */
import type { Attributes, Context, Span } from "@opentelemetry/api";
import type { ErrorClass } from "../conventions.ts";
import type { SamplingRecord } from "../tracing/sampling.ts";
import type { Session } from "./session.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** A baggage member that is taken into spans and log lines. */
export interface KnownBaggage {
  readonly attribute: string;
  readonly logField: string;
  readonly value: string;
}

export class Call {
  readonly session: Session;
  /** From the closed set of methods. */
  readonly method: string;
  /** From the closed set of tools; only on tools/call. */
  readonly toolName: string | undefined;
  /** From the closed set of prompts; only on prompts/get. */
  readonly promptName: string | undefined;
  /** String form, cut to 64 characters; undefined for a notification. */
  readonly requestId: string | undefined;
  readonly userId: string;
  readonly startedAt = performance.now();
  /** What the caller passed, kept only while the call runs: measured, and taken out of error messages. */
  readonly params: Fields;
  readonly peer: Attributes;

  span: Span | undefined;
  /** Active while the request is handled; holds the span. */
  context: Context | undefined;
  sampling: SamplingRecord | undefined;
  /** Taken from a trusted caller's baggage. */
  baggage: readonly KnownBaggage[] = [];

  /** Noted around the tool's handler; what the transport sees afterwards is flattened. */
  handler: "not entered" | "entered" | "returned" | "answered with an error" | "threw" = "not entered";
  cause: unknown;
  errorClass: ErrorClass | undefined;
  /** Estimated, in US dollars. */
  costUsd: number | undefined;

  constructor(init: {
    session: Session;
    method: string;
    toolName: string | undefined;
    promptName: string | undefined;
    requestId: string | undefined;
    userId: string;
    params: Fields;
    peer: Attributes;
  }) {
    this.session = init.session;
    this.method = init.method;
    this.toolName = init.toolName;
    this.promptName = init.promptName;
    this.requestId = init.requestId;
    this.userId = init.userId;
    this.params = init.params;
    this.peer = init.peer;
  }
}

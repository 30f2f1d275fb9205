/** The record of one received request or notification, from its arrival until its span ends. */
import type { Attributes, Context, Span } from "@opentelemetry/api";
import type { ErrorClass } from "../conventions.ts";
import type { SamplingRecord } from "../tracing/sampling.ts";
import type { Session } from "./session.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** @returns the value when it is an object, else an empty object */
export const asFields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

/** The SDK has validated the arguments, so their keys are those of the schema. Without a schema, it passes none. */
export const argumentKeys = (handlerArguments: readonly unknown[]): string[] =>
  handlerArguments.length > 1 ? Object.keys(handlerArguments[0] ?? {}) : [];

/** A baggage member that is copied to spans and log lines. */
export interface BaggageMember {
  readonly attribute: string;
  readonly logField: string;
  readonly value: string;
}

/** A tool that reports each step would fill its trace. Further notifications of a request are only measured. */
const MAX_NOTIFICATION_SPANS = 100;

type Received = Pick<
  Call,
  "session" | "method" | "toolName" | "promptName" | "resourceUri" | "requestId" | "userId" | "params" | "peer"
>;

/** A class, so that tests can count the records in memory. */
export class Call {
  #notifications = 0;
  readonly session: Session;
  /** A method of MCP, or `_OTHER`. */
  readonly method: string;
  /** A registered tool, or `_OTHER`. Only for tools/call. */
  readonly toolName: string | undefined;
  /** A registered prompt, or `_OTHER`. Only for prompts/get. */
  readonly promptName: string | undefined;
  /** A registered resource or template, or `_OTHER`. Only for methods that have a URI. */
  readonly resourceUri: string | undefined;
  /** The request's id as a string of at most 64 characters; undefined for a notification. */
  readonly requestId: string | undefined;
  readonly userId: string;
  /** As `performance.now()` counts. */
  readonly startedAt = performance.now();
  /** What the caller sent. It is measured and never emitted. */
  readonly params: Fields;
  readonly peer: Attributes;

  span: Span | undefined;
  /** The context in which the request is handled. It has the span. */
  context: Context | undefined;
  sampling: SamplingRecord | undefined;
  /** Only from a trusted caller. */
  baggage: readonly BaggageMember[] = [];

  /** What the tool's handler did. The response alone does not tell. */
  handler: "not entered" | "entered" | "rejected the arguments" | "returned" | "answered with an error" | "threw" =
    "not entered";
  /** What the handler was called with. Only its argument names may be emitted. */
  handlerArguments: readonly unknown[] = [];
  /** What the tool's handler threw. */
  cause: unknown;
  errorClass: ErrorClass | undefined;
  /** The estimated cost in US dollars. */
  costUsd: number | undefined;

  constructor(received: Received) {
    this.session = received.session;
    this.method = received.method;
    this.toolName = received.toolName;
    this.promptName = received.promptName;
    this.resourceUri = received.resourceUri;
    this.requestId = received.requestId;
    this.userId = received.userId;
    this.params = received.params;
    this.peer = received.peer;
  }

  /** Counts a notification that is sent during this request. @returns whether it still gets a span */
  sendsNotification(): boolean {
    this.#notifications += 1;
    return this.#notifications <= MAX_NOTIFICATION_SPANS;
  }
}

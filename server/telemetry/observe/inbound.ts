/**
 * Observes the requests and notifications that a client receives from its server. Each has a SERVER span. That of a request
 * ends with the client's answer, a cancellation, or the connection.
 */
import { type Context, context, type Link, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ATTR, METHODS, OTHER, RESOURCE_METHODS } from "../conventions.ts";
import { asFields } from "../request/call.ts";
import { isCallerError } from "../request/outcome.ts";
import type { Message, Notification, RequestId } from "./mcp.ts";
import { type Receiver, receiverAttributes } from "./outbound.ts";
import { remoteContext } from "./parent.ts";

interface InboundOptions {
  /** @returns whether this client has begun a trace and waits for the server in it */
  readonly isOwnTrace: (traceId: string) => boolean;
  /** @returns what may be emitted of the URI of a resource */
  readonly resourceUri: (uri: unknown) => string;
}

export class Inbound {
  readonly #pending = new Map<RequestId, Span>();
  readonly #tracer = trace.getTracer("mcp");
  readonly #options: InboundOptions;

  constructor(options: InboundOptions) {
    this.#options = options;
  }

  /** Receives a request or notification within its span. @param deliver hands it to the client */
  receive(message: Notification, from: Receiver, deliver: () => void): void {
    const { span, within } = this.#begin(message, from);
    if (message.id !== undefined) this.#pending.set(message.id, span);
    try {
      context.with(within, deliver);
    } finally {
      if (message.id === undefined) span.end();
    }
    if (message.method === "notifications/cancelled") this.#end(asFields(message.params).requestId as RequestId);
  }

  /** @param response of this client, which is sent */
  answered({ id, error }: Message): void {
    if (id !== undefined) this.#end(id, error?.code);
  }

  close(): void {
    for (const id of [...this.#pending.keys()]) this.#end(id);
  }

  #begin({ method: name, id, params }: Notification, from: Receiver): { span: Span; within: Context } {
    const method = METHODS.has(name) ? name : OTHER;
    const fields = asFields(params);
    const { parent, links } = this.#parentOf(asFields(fields._meta));
    const span = this.#tracer.startSpan(
      method,
      {
        kind: SpanKind.SERVER,
        links,
        attributes: {
          [ATTR.methodName]: method,
          ...receiverAttributes(from),
          ...(id !== undefined && { [ATTR.requestId]: String(id).slice(0, 64) }),
          ...(RESOURCE_METHODS.has(method) && { [ATTR.resourceUri]: this.#options.resourceUri(fields.uri) }),
        },
      },
      parent,
    );
    return { span, within: trace.setSpan(parent, span) };
  }

  /** A server may continue the client's own traces. The context of another trace becomes a link. Baggage is not read. */
  #parentOf({ traceparent }: { readonly traceparent?: unknown }): { parent: Context; links: Link[] } {
    const ambient = context.active();
    const ambientSpan = trace.getSpanContext(ambient);
    const remote = remoteContext({ traceparent });
    const remoteSpan = remote && trace.getSpanContext(remote);
    if (remoteSpan === undefined) return { parent: ambient, links: [] };
    const isOwn = remoteSpan.traceId === ambientSpan?.traceId || this.#options.isOwnTrace(remoteSpan.traceId);
    if (!isOwn) return { parent: ambient, links: [{ context: remoteSpan }] };
    const links = ambientSpan === undefined ? [] : [{ context: ambientSpan }];
    return { parent: trace.setSpanContext(ambient, remoteSpan), links };
  }

  #end(id: RequestId, code?: number): void {
    const span = this.#pending.get(id);
    if (span === undefined) return;
    this.#pending.delete(id);
    if (code !== undefined) {
      span.setAttribute(ATTR.statusCode, String(code));
      if (!isCallerError(code)) {
        span.setAttribute(ATTR.errorType, String(code)).setStatus({ code: SpanStatusCode.ERROR });
      }
    }
    span.end();
  }
}

/**
 * The parent of a received message's span: the caller's context in `_meta`, else in the HTTP headers, else the session's
 * span, else none. The caller's context must be trusted. One that is not becomes a link, and its baggage is ignored.
 */
import {
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { BAGGAGE } from "../conventions.ts";
import type { BaggageMember } from "../request/call.ts";
import type { Session } from "../request/session.ts";
import { TRUST_DECIDED } from "../tracing/caller-context.ts";
import type { MessageExtra } from "./mcp.ts";

export interface Parent {
  /** Has the parent span, if there is one, and the baggage of a trusted caller. */
  readonly context: Context;
  readonly links: Link[];
  /** Whether the parent is a sampled span of a trusted caller. */
  readonly remoteSampled: boolean;
}

type Carrier = Readonly<Record<string, unknown>>;

export function parentOfMessage(
  meta: Carrier,
  extra: MessageExtra | undefined,
  trusted: boolean,
  session: Session,
): Parent {
  const remote = remoteContext(meta) ?? remoteContext(headersOf(extra));
  const remoteSpan = remote && trace.getSpanContext(remote);
  const activeSpan = trace.getSpanContext(context.active());
  const sessionSpan = session.span?.spanContext();
  const links: Link[] = [];
  const link = (span: SpanContext | undefined) => {
    if (span !== undefined && trace.isSpanContextValid(span)) links.push({ context: span });
  };

  if (remote !== undefined && trusted) {
    link(activeSpan);
    link(sessionSpan);
    return {
      context: remote,
      links,
      remoteSampled: ((remoteSpan?.traceFlags ?? 0) & TraceFlags.SAMPLED) !== 0,
    };
  }
  link(remoteSpan);
  link(activeSpan);
  if (session.span !== undefined && session.joinTrace()) {
    return { context: session.context, links, remoteSampled: false };
  }
  link(sessionSpan);
  return { context: ROOT_CONTEXT, links, remoteSampled: false };
}

const CONTEXT_HEADERS = ["traceparent", "baggage"] as const;

/** SDK 1.x gives the headers as an object, SDK 2 as `Headers`. */
function headersOf(extra: MessageExtra | undefined): Carrier {
  if (extra?.requestInfo !== undefined) return extra.requestInfo.headers as Carrier;
  const headers = extra?.request?.headers;
  return headers === undefined ? {} : Object.fromEntries(CONTEXT_HEADERS.map((name) => [name, headers.get(name)]));
}

/** @returns the W3C context of a carrier; undefined when it has no valid `traceparent` */
export function remoteContext(carrier: Carrier): Context | undefined {
  if (typeof carrier.traceparent !== "string") return undefined;
  const fields: Record<string, string> = {};
  for (const name of CONTEXT_HEADERS) {
    const value = carrier[name];
    if (typeof value === "string") fields[name] = value;
  }
  const extracted = propagation.extract(TRUST_DECIDED, fields);
  const span = trace.getSpanContext(extracted);
  return span !== undefined && trace.isSpanContextValid(span) ? extracted : undefined;
}

const MAX_BAGGAGE_VALUE = 64;

/** The members of a context's baggage that are listed in `BAGGAGE`. */
export function baggageMembers(of: Context): readonly BaggageMember[] {
  const baggage = propagation.getBaggage(of);
  if (baggage === undefined) return [];
  return Object.entries(BAGGAGE).flatMap(([attribute, logField]) => {
    const value = baggage.getEntry(attribute)?.value.slice(0, MAX_BAGGAGE_VALUE);
    return value === undefined ? [] : [{ attribute, logField, value }];
  });
}

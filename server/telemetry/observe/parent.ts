/**
 * The parent and the links of a received message, in the contract's order: trusted `_meta`, trusted HTTP header,
 * the session's span, none. A remote context that is not trusted becomes a link, and its baggage is not read.
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
import type { KnownBaggage } from "../request/call.ts";
import type { Session } from "../request/session.ts";

export interface Parentage {
  /** Holds the parent span, if any, and the trusted caller's baggage. */
  readonly context: Context;
  readonly links: Link[];
  /** Whether a trusted remote parent is sampled. */
  readonly remoteSampled: boolean;
}

type Carrier = Readonly<Record<string, unknown>> | undefined;

export function parentage(meta: Carrier, headers: Carrier, trusted: boolean, session: Session): Parentage {
  const remote = remoteContext(meta) ?? remoteContext(headers);
  const remoteSpan = remote && trace.getSpanContext(remote);
  const ambient = trace.getSpanContext(context.active());
  const own = session.span?.spanContext();
  const links: Link[] = [];
  const link = (span: SpanContext | undefined) => span && links.push({ context: span });

  if (remote !== undefined && trusted) {
    link(ambient);
    link(own);
    return {
      context: remote,
      links,
      remoteSampled: ((remoteSpan?.traceFlags ?? 0) & TraceFlags.SAMPLED) !== 0,
    };
  }
  link(remoteSpan);
  link(ambient);
  if (session.span !== undefined && session.takesAnother()) {
    return { context: session.context, links, remoteSampled: false };
  }
  link(own);
  return { context: ROOT_CONTEXT, links, remoteSampled: false };
}

/** The W3C context of a carrier; undefined when it has no valid `traceparent`. */
function remoteContext(carrier: Carrier): Context | undefined {
  if (typeof carrier?.traceparent !== "string") return undefined;
  const fields: Record<string, string> = {};
  for (const name of ["traceparent", "tracestate", "baggage"]) {
    const value = carrier[name];
    if (typeof value === "string") fields[name] = value;
  }
  const extracted = propagation.extract(ROOT_CONTEXT, fields);
  const span = trace.getSpanContext(extracted);
  return span !== undefined && trace.isSpanContextValid(span) ? extracted : undefined;
}

const MAX_BAGGAGE_VALUE = 64;

/** The known baggage members of a context. */
export function knownBaggage(from: Context): readonly KnownBaggage[] {
  const baggage = propagation.getBaggage(from);
  if (baggage === undefined) return [];
  return Object.entries(BAGGAGE).flatMap(([attribute, logField]) => {
    const value = baggage.getEntry(attribute)?.value.slice(0, MAX_BAGGAGE_VALUE);
    return value === undefined ? [] : [{ attribute, logField, value }];
  });
}

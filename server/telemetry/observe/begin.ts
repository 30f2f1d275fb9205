/** The start of a request: its record, and its span with the right parent. */
import { SpanKind, trace } from "@opentelemetry/api";
import { callerKey } from "../caller-rate.ts";
import type { Trust } from "../config.ts";
import { ANONYMOUS, ATTR, METHODS, OTHER, RESOURCE_METHODS } from "../conventions.ts";
import { asFields, Call, type Fields } from "../request/call.ts";
import type { Session } from "../request/session.ts";
import { withRecord } from "../tracing/sampling.ts";
import { spanName } from "./attributes.ts";
import type { ConnectionDependencies } from "./dependencies.ts";
import type { Message, MessageExtra } from "./mcp.ts";
import { baggageMembers, type Parent, parentOfMessage } from "./parent.ts";
import { peerOf, subjectOf } from "./peer.ts";

export type Extra = MessageExtra | undefined;

export function beginCall(message: Message, extra: Extra, session: Session, { tools }: ConnectionDependencies): Call {
  const params = asFields(message.params);
  const name = String(message.method);
  const method = METHODS.has(name) ? name : OTHER;
  return new Call({
    session,
    method,
    toolName: method === "tools/call" ? tools.toolName(params.name) : undefined,
    promptName: method === "prompts/get" ? tools.promptName(params.name) : undefined,
    resourceUri: RESOURCE_METHODS.has(method) ? tools.resourceUri(params.uri) : undefined,
    requestId: "id" in message ? String(extra?.callerId ?? message.id).slice(0, 64) : undefined,
    userId: subjectOf(extra?.authInfo),
    params,
    peer: peerOf(extra?.authInfo),
  });
}

export function startSpan(call: Call, params: Fields, extra: Extra, dependencies: ConnectionDependencies): void {
  const { tracer, decideSampling, trust, tracing } = dependencies;
  const parent = parentOf(call.session, params, extra, call.userId, trust);
  let { context } = parent;
  if (!tracing.standardSampler) {
    call.sampling = decideSampling(call.toolName, parent.remoteSampled, callerOf(call));
    context = withRecord(context, call.sampling);
  }
  call.baggage = baggageMembers(context);
  call.span = tracer.startSpan(spanName(call), { kind: SpanKind.SERVER, links: parent.links }, context);
  call.context = trace.setSpan(context, call.span);
}

const callerOf = ({ userId, peer }: Call): string => callerKey(userId, peer[ATTR.clientAddress] as string | undefined);

/** The parent of the span of a request, and of the span of a session that a request opens. */
export function parentOf(session: Session, params: Fields, extra: Extra, userId: string, trust: Trust): Parent {
  const trusted = trust === "always" || (trust === "authenticated" && userId !== ANONYMOUS);
  return parentOfMessage(asFields(params._meta), extra, trusted, session);
}

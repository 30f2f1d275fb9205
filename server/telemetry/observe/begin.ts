/** The beginning of a request: its record, with every name from a closed set, and its span under the right parent. */
import type { MessageExtraInfo } from "@modelcontextprotocol/sdk/types.js";
import { SpanKind, type Tracer, trace } from "@opentelemetry/api";
import type { Trust } from "../config.ts";
import { ANONYMOUS, METHODS, OTHER } from "../conventions.ts";
import { Call, type Fields } from "../request/call.ts";
import type { Session } from "../request/session.ts";
import { type SamplingPolicy, withRecord } from "../tracing/sampling.ts";
import { spanName } from "./attributes.ts";
import { knownBaggage, type Parentage, parentage } from "./parent.ts";
import { peerOf, subjectOf } from "./peer.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export interface Beginning {
  readonly tools: ToolCatalogue;
  readonly tracer: Tracer;
  readonly sampling: SamplingPolicy;
  readonly trust: Trust;
  /** Whether spans are recorded at all. */
  readonly tracing: { readonly active: boolean; readonly standardSampler: boolean };
}

export type Extra = MessageExtraInfo | undefined;

export const fieldsIn = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

export function beginCall(message: Fields, extra: Extra, session: Session, { tools }: Beginning): Call {
  const params = fieldsIn(message.params);
  const name = String(message.method);
  const method = METHODS.has(name) ? name : OTHER;
  return new Call({
    session,
    method,
    toolName: method === "tools/call" ? tools.toolName(params.name) : undefined,
    promptName: method === "prompts/get" ? tools.promptName(params.name) : undefined,
    requestId: "id" in message ? String(message.id).slice(0, 64) : undefined,
    userId: subjectOf(extra?.authInfo),
    params,
    peer: peerOf(extra?.authInfo),
  });
}

export function startSpan(call: Call, params: Fields, extra: Extra, around: Beginning): void {
  const from = parentOf(call.session, params, extra, call.userId, around.trust);
  let parent = from.context;
  if (!around.tracing.standardSampler) {
    call.sampling = around.sampling.decide(call.toolName, from.remoteSampled);
    parent = withRecord(parent, call.sampling);
  }
  call.baggage = knownBaggage(parent);
  call.span = around.tracer.startSpan(spanName(call), { kind: SpanKind.SERVER, links: from.links }, parent);
  call.context = trace.setSpan(parent, call.span);
}

/** The parent of whatever a message begins: its own span, or its session's. */
export function parentOf(session: Session, params: Fields, extra: Extra, userId: string, trust: Trust): Parentage {
  const trusted = trust === "always" || (trust === "authenticated" && userId !== ANONYMOUS);
  return parentage(fieldsIn(params._meta), extra?.requestInfo?.headers, trusted, session);
}

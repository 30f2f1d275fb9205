/** The messages of a request's body. */
import type { Request } from "express";
import type { Message, MessageExtra, Pass, RequestId } from "mcp-telemetry/passing";
import { isObject } from "../mcp/modern/era.ts";
import { Rejection } from "../mcp/rejection.ts";
import type { Conversation } from "./conversation.ts";

const MAX_BATCH = 100;

/** @throws {Rejection} when the body is no message, nor a batch of them */
export function messagesOf({ method, body }: Request): readonly Message[] {
  if (method !== "POST") return [];
  const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (messages.length === 0 || messages.length > MAX_BATCH || !messages.every(isMessage)) {
    throw new Rejection("invalid_message");
  }
  return messages as readonly Message[];
}

/** Looser than an SDK: what else a message must have is for the upstream server to say. */
const isMessage = (value: unknown): boolean =>
  isObject(value) && (typeof value.method === "string" || "result" in value || "error" in value);

/** The ids of the requests among the messages. */
export const idsOf = (messages: readonly Message[]): readonly RequestId[] =>
  messages.flatMap(({ id, method }) =>
    method !== undefined && (typeof id === "string" || typeof id === "number") ? [id] : [],
  );

const NOWHERE: Pass = async () => {};

interface Received {
  readonly body: Buffer | undefined;
  readonly isBatch: boolean;
  readonly messages: readonly Message[];
  /** What is known of the client. */
  readonly extra: MessageExtra;
}

/**
 * Observes the messages of a body, and passes the body on once, in the context of the one that it has. A batch passes as
 * it is.
 */
export async function observeBody(
  { body, isBatch, messages, extra }: Received,
  talk: Conversation,
  pass: (body: Buffer | undefined) => Promise<void>,
): Promise<void> {
  let passed: Promise<void> | undefined;
  const once: Pass = (bytes) => {
    passed ??= pass(bytes);
    return passed;
  };
  try {
    if (body !== undefined && !isBatch) talk.fromClient(body, once, extra);
    else for (const message of messages) talk.fromClient(Buffer.from(JSON.stringify(message)), NOWHERE, extra);
  } catch {
    // Telemetry never stops a message.
  }
  await (passed ?? pass(body));
}

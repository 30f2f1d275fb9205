/** Serves the messages of the modern era over stdio. The others are left to the server of the era with sessions. */
import type { RequestId } from "@modelcontextprotocol/server";
import { Rejection } from "../rejection.ts";
import type { StdioTransport } from "../stdio-transport.ts";
import { admit } from "./admission.ts";
import { isModern, isObject } from "./era.ts";
import type { ModernServer } from "./server.ts";

type Answers = Pick<StdioTransport, "send" | "refuse">;

/** @returns a function that takes a parsed line, and says whether it was of the modern era */
export function modernStdio({ transport }: ModernServer, answers: Answers): (message: unknown) => boolean {
  const open = new Map<RequestId, () => void>();

  const take = (message: unknown) => {
    const admitted = admit(message);
    if (admitted.messageKind === "notification") {
      transport.notify(admitted.message, {});
      return;
    }
    const { id } = admitted.message;
    if (open.has(id)) throw new Rejection("duplicate_id");
    open.set(id, () => {});
    const { cancel } = transport.request(admitted.message, {}, async (reply) => {
      if (!("method" in reply)) open.delete(id);
      await answers.send(reply as Parameters<Answers["send"]>[0]);
    });
    if (open.has(id)) open.set(id, cancel);
  };

  return (message) => {
    const cancelled = cancelledBy(message);
    const cancel = cancelled === undefined ? undefined : open.get(cancelled);
    if (cancelled !== undefined && cancel !== undefined) {
      open.delete(cancelled);
      cancel();
      transport.notify(message as Parameters<typeof transport.notify>[0], {});
      return true;
    }
    if (!isModern(message)) return false;
    try {
      take(message);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const [, code, text, , data] = error.refusal;
      answers.refuse(error.reason, [code, text, data], message);
    }
    return true;
  };
}

function cancelledBy(message: unknown): RequestId | undefined {
  if (!isObject(message) || message.method !== "notifications/cancelled" || !isObject(message.params)) return undefined;
  const { requestId } = message.params;
  return typeof requestId === "string" || typeof requestId === "number" ? requestId : undefined;
}

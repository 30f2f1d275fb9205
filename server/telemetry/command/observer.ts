/** Observes the messages between clients and a server: the SDKs' part is played by a transport that passes them on. */
import { context, propagation } from "@opentelemetry/api";
import { type ErrorClass, OTHER, type SessionEndReason } from "../conventions.ts";
import type { Telemetry } from "../index.ts";
import type { Message, MessageExtra, RequestId, Transport } from "../observe/mcp.ts";
import { asFields, type Call } from "../request/call.ts";
import { currentCall } from "../request/scope.ts";
import { namesInMessages } from "./listed-names.ts";
import { messageIn } from "./message.ts";
import { addToMeta } from "./meta.ts";

/** Passes the text of a message on. Resolves when it is written. */
export type Pass = (text: Buffer) => Promise<void>;

export interface Observer {
  /**
   * Does not call `pass` for what is no message.
   *
   * @param extra what is known of the client
   * @returns the id of the request that it cancels, if it cancels one
   */
  fromClient(text: Buffer, pass: Pass, extra?: MessageExtra): RequestId | undefined;
  /** @returns the id of the request that it answers, if it is an answer */
  fromServer(text: Buffer, pass: Pass): RequestId | undefined;
  /** Says of what class the error is with which a request will be answered. */
  fails(id: RequestId, errorClass: ErrorClass): void;
  /** Ends a request whose client has gone. */
  gone(id: RequestId): void;
  /** Ends the session. */
  end(reason: SessionEndReason): void;
}

/** The session that is observed. Its id may be there only once `initialize` is answered. */
export type Identity = Pick<Transport, "sessionId">;

/** @returns makes the observer of a connection with the one server that the telemetry is of */
export function messageObservers(
  telemetry: Pick<Telemetry, "observe" | "endSession" | "names">,
): (identity?: Identity) => Observer {
  const names = namesInMessages(telemetry.names);
  return (identity = {}) => {
    const lists = names.inConnection();
    const calls = new Map<RequestId, Call>();
    let passOn: () => Promise<void> = async () => {};
    const transport: Transport = {
      get sessionId() {
        return identity.sessionId;
      },
      onmessage({ id }) {
        const call = currentCall();
        // What the handler does with the message is not seen. A tool that is not in the list has no handler.
        if (call !== undefined && (call.toolName !== OTHER || !names.toolsKnown())) call.handler = "entered";
        if (call !== undefined && id !== undefined) calls.set(id, call);
        passOn().catch(() => {});
      },
      send: () => passOn(),
    };
    telemetry.observe(transport);
    return {
      fromClient(text, pass, extra) {
        const message = messageIn(text);
        if (message === undefined) return undefined;
        const cancelled = cancelledBy(message);
        lists.requested(message);
        if (cancelled !== undefined) calls.delete(cancelled);
        passOn = () => pass(withTraceContext(text, message));
        transport.onmessage?.(message, extra);
        return cancelled;
      },
      fromServer(text, pass) {
        const message = messageIn(text);
        if (message === undefined) return undefined;
        const answered = message.method === undefined ? message.id : undefined;
        lists.answered(message);
        if (answered !== undefined) calls.delete(answered);
        passOn = () => pass(withTraceContext(text, message));
        // The client has gone: what it should have read is not an error of this process.
        transport.send(message as never).catch(() => {});
        return answered;
      },
      fails(id, errorClass) {
        const call = calls.get(id);
        if (call !== undefined) call.errorClass = errorClass;
      },
      gone(id) {
        passOn = async () => {};
        calls.delete(id);
        const params = { requestId: id };
        transport.onmessage?.({ jsonrpc: "2.0", method: "notifications/cancelled", params }, { implied: true });
      },
      end: (reason) => telemetry.endSession(transport, reason),
    };
  };
}

const cancelledBy = ({ method, params }: Message): RequestId | undefined =>
  method === "notifications/cancelled" ? (asFields(params).requestId as RequestId | undefined) : undefined;

/** A request gets the context of its span. */
function withTraceContext(text: Buffer, { id, method }: Message): Buffer {
  if (id === undefined || method === undefined) return text;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return Object.keys(carrier).length === 0 ? text : Buffer.from(addToMeta(text.toString(), carrier));
}

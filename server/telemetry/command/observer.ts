/** Observes the lines between a client and a server: the SDKs' part is played by a transport that passes lines on. */
import { context, propagation } from "@opentelemetry/api";
import { OTHER, type SessionEndReason } from "../conventions.ts";
import type { Telemetry } from "../index.ts";
import type { Message, Transport } from "../observe/mcp.ts";
import { currentCall } from "../request/scope.ts";
import { listedNames } from "./listed-names.ts";
import { messageIn } from "./message.ts";
import { addToMeta } from "./meta.ts";

/** Passes a line on. Resolves when it is written. */
export type Pass = (line: Buffer) => Promise<void>;

export interface Observer {
  fromClient(line: Buffer, pass: Pass): void;
  fromServer(line: Buffer, pass: Pass): void;
  /** Ends the session. */
  end(reason: SessionEndReason): void;
}

export function lineObserver(telemetry: Telemetry): Observer {
  const names = listedNames(telemetry.names);
  let passOn: () => Promise<void> = async () => {};
  const transport: Transport = {
    onmessage() {
      const call = currentCall();
      // What the handler does with the message is not seen. A tool that is not in the list has no handler.
      if (call !== undefined && (call.toolName !== OTHER || !names.toolsKnown())) call.handler = "entered";
      passOn().catch(() => {});
    },
    send: () => passOn(),
  };
  telemetry.observe(transport);
  return {
    fromClient(line, pass) {
      const message = messageIn(line);
      if (message === undefined) return;
      names.requested(message);
      passOn = () => pass(withTraceContext(line, message));
      transport.onmessage?.(message);
    },
    fromServer(line, pass) {
      const message = messageIn(line);
      if (message === undefined) return;
      names.answered(message);
      passOn = () => pass(withTraceContext(line, message));
      // The client has gone: what it should have read is not an error of this process.
      transport.send(message as never).catch(() => {});
    },
    end: (reason) => telemetry.endSession(transport, reason),
  };
}

/** A request gets the context of its span. */
function withTraceContext(line: Buffer, { id, method }: Message): Buffer {
  if (id === undefined || method === undefined) return line;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return Object.keys(carrier).length === 0 ? line : Buffer.from(addToMeta(line.toString(), carrier));
}

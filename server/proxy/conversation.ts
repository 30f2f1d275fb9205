/** The messages of one session, or of one request without a session: they are observed, and those in flight are counted. */
import type { SessionEndReason } from "mcp-telemetry/conventions";
import type { Identity, MessageExtra, Observer, Pass, RequestId } from "mcp-telemetry/passing";
import { type Failure, failureAnswer, unansweredBy } from "./failure.ts";

export type Conversation = ReturnType<typeof conversation>;

const NOWHERE: Pass = async () => {};

/** @param observe makes the observer */
export function conversation(observe: (identity: Identity) => Observer) {
  const identity: { sessionId: string | undefined } = { sessionId: undefined };
  const observer = observe(identity);
  /** The requests that are not answered, each with what to call when it is. */
  const waiting = new Map<RequestId, () => void>();

  const settle = (id: RequestId) => {
    waiting.get(id)?.();
    waiting.delete(id);
  };

  return {
    /** Gives the session its id. */
    identify(sessionId: string): void {
      identity.sessionId = sessionId;
    },

    /** @param settled called when the request is answered, cancelled or given up */
    expect(id: RequestId, settled: () => void): void {
      settle(id);
      waiting.set(id, settled);
    },

    isWaiting: (id: RequestId): boolean => waiting.has(id),

    fromClient(text: Buffer, pass: Pass, extra: MessageExtra): void {
      const cancelled = observer.fromClient(text, pass, extra);
      if (cancelled !== undefined) settle(cancelled);
    },

    fromServer(text: Buffer, pass: Pass): void {
      const answered = observer.fromServer(text, pass);
      if (answered !== undefined) settle(answered);
    },

    /** The client of a request has gone, and cannot come back for the answer. */
    gone(id: RequestId): void {
      observer.gone(id);
      settle(id);
    },

    /** Answers a request with an error of this process. */
    fail(id: RequestId, failure: Failure, pass: Pass): void {
      observer.fails(id, failure.errorClass);
      observer.fromServer(failureAnswer(id, failure), pass);
      settle(id);
    },

    /** The answer with this status has ended without a message that answers the request. */
    unanswered(id: RequestId, status: number): void {
      const { errorClass, answer } = unansweredBy(status, id);
      if (errorClass !== undefined) observer.fails(id, errorClass);
      observer.fromServer(answer, NOWHERE);
      settle(id);
    },

    end(reason: SessionEndReason): void {
      for (const id of [...waiting.keys()]) settle(id);
      observer.end(reason);
    },
  };
}

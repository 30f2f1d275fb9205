/** The passage of one HTTP request to its upstream server, and of the answer to the client. */
import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import type { Telemetry } from "mcp-telemetry";
import { LOG } from "mcp-telemetry/conventions";
import type { Message } from "mcp-telemetry/passing";
import type { Guarded } from "../mcp/edge.ts";
import type { Conversation } from "./conversation.ts";
import { isEventStream } from "./events.ts";
import { type Answered, answerFailure, passAnswer } from "./exchange.ts";
import { answerHeaders, requestHeaders, SESSION_ID } from "./headers.ts";
import { idsOf } from "./messages.ts";
import type { ProxySession, ProxySessions } from "./sessions.ts";
import type { openStreams } from "./streams.ts";
import { send } from "./upstream-request.ts";
import type { Upstream } from "./upstreams.ts";

/** A request that was admitted. */
export interface Passing {
  readonly request: Request;
  readonly response: Guarded;
  readonly upstream: Upstream;
  /** Of the body; none in a request without one. */
  readonly messages: readonly Message[];
  readonly talk: Conversation;
  /** Whether the upstream server may answer with a new session. */
  readonly opensSession: boolean;
  /** That of the client; undefined until it has one. */
  session: ProxySession | undefined;
}

interface Dependencies {
  readonly sessions: ProxySessions;
  readonly streams: ReturnType<typeof openStreams>;
  readonly logger: Telemetry["logger"];
  /** Whether `Authorization` is for the upstream server. */
  readonly passesAuthorization: boolean;
}

/** @returns passes a request with its body. It throws a Rejection when there is no room for a session that is opened */
export function passage({ sessions, streams, logger, passesAuthorization }: Dependencies) {
  const failed = (error: NodeJS.ErrnoException, { response, upstream, talk }: Passing, answered: Answered) => {
    if (response.destroyed) {
      for (const id of answered.ids) talk.gone(id);
      return undefined;
    }
    const server = upstream.name !== undefined && { [LOG.server]: upstream.name };
    logger.warn({ err: error, ...server }, "the upstream server cannot be reached");
    return answerFailure(error, response, answered);
  };

  /** @throws {Rejection} */
  const openSession = (answer: IncomingMessage, { response, upstream, talk, opensSession }: Passing) => {
    const upstreamId = answer.headers[SESSION_ID];
    if (!opensSession || typeof upstreamId !== "string") return undefined;
    const { auth, caller } = response.locals;
    try {
      return sessions.open({ subject: auth.clientId, caller, upstream, upstreamId, conversation: talk });
    } catch (error) {
      answer.destroy();
      throw error;
    }
  };

  const sendOn = ({ request, response, upstream, session }: Passing, body: Buffer | undefined) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    return send(upstream, {
      method: request.method,
      headers: requestHeaders(request, { sessionId: session?.upstreamId, authorization: passesAuthorization }),
      search: /\?.*/.exec(request.originalUrl)?.[0] ?? "",
      body,
      signal: gone.signal,
    });
  };

  const passHead = (answer: IncomingMessage, { request, response, messages, session }: Passing): void => {
    const headers = answerHeaders(answer, session?.id, request.headers.origin !== undefined);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
    if (!isEventStream(answer)) return;
    response.flushHeaders();
    if (request.method === "GET") streams.watch("get", response);
    else if (messages[0]?.method === "subscriptions/listen") streams.watch("listen", response);
  };

  return async (passing: Passing, body: Buffer | undefined): Promise<void> => {
    const { request, response, talk } = passing;
    const answered = { conversation: talk, ids: idsOf(passing.messages) };
    let answer: IncomingMessage;
    try {
      answer = await sendOn(passing, body);
    } catch (error) {
      return failed(error as NodeJS.ErrnoException, passing, answered);
    }
    passing.session ??= openSession(answer, passing);
    passHead(answer, passing);
    await passAnswer(answer, response, answered);
    const { statusCode = 0 } = answer;
    if (passing.session === undefined) return;
    if (statusCode === 404) sessions.end(passing.session, "transport_closed");
    else if (request.method === "DELETE" && statusCode < 300) sessions.end(passing.session, "client_delete");
  };
}

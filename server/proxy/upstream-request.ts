/** One HTTP request to an upstream server. The answer is not decompressed, and redirects are not followed. */
import { once } from "node:events";
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as SecureAgent } from "node:https";
import { SESSION_ID } from "./headers.ts";
import type { Upstream } from "./upstreams.ts";

/** Servers close an idle connection after 5 s or more. A request must not meet one that is just being closed. */
const IDLE_MS = 4000;
const CONNECT_MS = 10_000;
/** How long the end of a session may take, in milliseconds. */
const END_MS = 2000;

const agents = {
  "http:": new Agent({ keepAlive: true, timeout: IDLE_MS }),
  "https:": new SecureAgent({ keepAlive: true, timeout: IDLE_MS }),
};

export interface UpstreamRequest {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  /** Of the client's URL, with the question mark; may be empty. */
  readonly search: string;
  readonly body: Buffer | undefined;
  /** Aborts the request, and its answer. */
  readonly signal: AbortSignal;
}

/** @throws the error of the network; its `code` is `ETIMEDOUT` when there is no connection in time */
export async function send(
  { url }: Upstream,
  { method, headers, search, body, signal }: UpstreamRequest,
): Promise<IncomingMessage> {
  const secure = url.protocol === "https:";
  const outgoing = (secure ? requestHttps : requestHttp)(withSearch(url, search), {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-length": body.length }) },
    agent: agents[secure ? "https:" : "http:"],
    signal,
  });
  const timer = setTimeout(
    () => outgoing.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" })),
    CONNECT_MS,
  );
  outgoing.once("socket", (socket) => {
    if (!socket.connecting) clearTimeout(timer);
    else socket.once(secure ? "secureConnect" : "connect", () => clearTimeout(timer));
  });
  outgoing.end(body);
  try {
    const [answer] = await once(outgoing, "response");
    // An error after this belongs to the answer.
    outgoing.on("error", () => {});
    return answer as IncomingMessage;
  } finally {
    clearTimeout(timer);
  }
}

function withSearch(url: URL, search: string): URL {
  if (search === "") return url;
  const full = new URL(url);
  full.search = url.search === "" ? search : `${url.search}&${search.slice(1)}`;
  return full;
}

/** Tells an upstream server that a session has ended. Never rejects. */
export async function endSession(upstream: Upstream, sessionId: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(END_MS);
    const request = { method: "DELETE", headers: { [SESSION_ID]: sessionId }, search: "", body: undefined, signal };
    const answer = await send(upstream, request);
    answer.resume();
  } catch {
    // It may have gone, or may not know how to end one.
  }
}

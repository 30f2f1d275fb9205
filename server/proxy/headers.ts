/** Which headers pass. Those of a connection do not: RFC 9110, section 7.6.1. The id of a session is replaced. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { isEventStream } from "./events.ts";

export const SESSION_ID = "mcp-session-id";

const OF_CONNECTION: ReadonlySet<string> = new Set(
  "connection keep-alive proxy-connection te trailer transfer-encoding upgrade expect".split(" "),
);
/** The edge has decompressed the body, and the host is that of the upstream server. */
const REPLACED: ReadonlySet<string> = new Set(["host", "content-length", "content-encoding", SESSION_ID]);

interface Passing {
  /** The upstream server's id of the session. */
  readonly sessionId: string | undefined;
  /** Whether `Authorization` is for the upstream server. */
  readonly authorization: boolean;
}

/** The headers of a request as the upstream server gets them. */
export function requestHeaders(
  { headers, headersDistinct }: IncomingMessage,
  { sessionId, authorization }: Passing,
): OutgoingHttpHeaders {
  const passed: OutgoingHttpHeaders = {};
  const named = namedBy(headers);
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    if (OF_CONNECTION.has(name) || REPLACED.has(name) || named.has(name)) continue;
    if (name === "authorization" && !authorization) continue;
    passed[name] = values.length === 1 ? values[0] : values;
  }
  if (sessionId !== undefined) passed[SESSION_ID] = sessionId;
  return passed;
}

/**
 * The headers of an answer as the client gets them, with the names as the upstream server writes them.
 *
 * @param sessionId this process's own id of the session
 * @param crossOrigin whether the edge has set the headers of CORS itself
 */
export function answerHeaders(
  answer: IncomingMessage,
  sessionId: string | undefined,
  crossOrigin: boolean,
): OutgoingHttpHeaders {
  const passed: Record<string, string | string[]> = {};
  const { headers, rawHeaders } = answer;
  const named = namedBy(headers);
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (OF_CONNECTION.has(lower) || named.has(lower)) continue;
    // An event may get longer.
    if (lower === "content-length" && isEventStream(answer)) continue;
    if (crossOrigin && lower.startsWith("access-control-")) continue;
    if (lower === SESSION_ID) {
      if (sessionId !== undefined) passed[name] = sessionId;
      continue;
    }
    const before = passed[name];
    passed[name] = before === undefined ? value : [before, value].flat();
  }
  return passed;
}

/** `Connection` may name more headers that are its own. */
const namedBy = ({ connection = "" }: IncomingHttpHeaders): ReadonlySet<string> =>
  new Set(connection.split(",").map((name) => name.trim().toLowerCase()));

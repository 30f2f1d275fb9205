/** Names the session of a recorded request or log line. Without sessions, it names the caller: a subject and a client. */
import { OTHER, STATELESS_REVISIONS } from "../conventions.ts";

/** The session of a request over a transport without session ids, such as stdio. */
const NO_SESSION = "-";
/** No session id has a space. */
const SEPARATOR = " · ";

/** @param known what is known of a request or a log line */
export function sessionIdOf(known: { id: unknown; user: unknown; client: unknown; protocol: unknown }): string {
  const { id, user, client = "unnamed", protocol } = known;
  if (id !== undefined) return String(id);
  const stateless = STATELESS_REVISIONS.has(String(protocol)) || protocol === OTHER;
  return stateless ? `${user}${SEPARATOR}${client}` : NO_SESSION;
}

/** Whether this is a caller without a session. */
export const isStateless = (sessionId: string): boolean => sessionId.includes(SEPARATOR);

/** Enough to tell one session from another. */
export const shortened = (sessionId: string): string => (isStateless(sessionId) ? sessionId : sessionId.slice(0, 8));

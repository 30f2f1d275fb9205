/** The sessions of what is held, newest first: what their requests and their log lines say of them. */
import { LOG } from "../conventions.ts";
import { type Line, NO_SESSION, type Request, type Seen } from "./requests.ts";

export interface Session {
  readonly id: string;
  client: string | undefined;
  protocol: string | undefined;
  user: string | undefined;
  /** Milliseconds since the epoch, like `lastAt`. */
  startedAt: number;
  lastAt: number;
  /** Undefined while it is open. */
  endReason: string | undefined;
  requests: number;
  toolCalls: number;
  errors: number;
  costUsd: number;
  traceIds: string[];
}

export function sessionsOf({ requests, lines }: Seen): readonly Session[] {
  const sessions = new Map<string, Session>();
  const seen = (id: string, from: number, to: number): Session => {
    const session = sessions.get(id) ?? newSession(id, from);
    sessions.set(id, session);
    session.startedAt = Math.min(session.startedAt, from);
    session.lastAt = Math.max(session.lastAt, to);
    return session;
  };
  for (const request of requests) count(seen(request.session, request.at, request.at + request.durationMs), request);
  for (const line of lines) {
    const id = sessionOf(line);
    if (id !== undefined) describe(seen(id, line.at, line.at), line);
  }
  return [...sessions.values()].toSorted((a, b) => b.lastAt - a.lastAt);
}

/** Lines of the process itself have no user, and belong to no session. */
export const sessionOf = ({ fields }: Line): string | undefined =>
  fields[LOG.userId] === undefined ? undefined : String(fields[LOG.sessionId] ?? NO_SESSION);

const newSession = (id: string, at: number): Session => ({
  id,
  client: undefined,
  protocol: undefined,
  user: undefined,
  startedAt: at,
  lastAt: at,
  endReason: undefined,
  requests: 0,
  toolCalls: 0,
  errors: 0,
  costUsd: 0,
  traceIds: [],
});

function count(session: Session, { tool, outcome, costUsd, traceId }: Request): void {
  session.requests += 1;
  if (tool !== undefined) session.toolCalls += 1;
  if (outcome === "error") session.errors += 1;
  session.costUsd += costUsd ?? 0;
  if (traceId !== undefined && !session.traceIds.includes(traceId)) session.traceIds.push(traceId);
}

function describe(session: Session, { fields }: Line): void {
  const { [LOG.clientName]: name, [LOG.clientVersion]: version = "" } = fields;
  if (name !== undefined) session.client = `${name} ${version}`.trim();
  if (fields[LOG.protocolVersion] !== undefined) session.protocol = String(fields[LOG.protocolVersion]);
  if (fields[LOG.endReason] !== undefined) session.endReason = String(fields[LOG.endReason]);
  session.user = String(fields[LOG.userId]);
}

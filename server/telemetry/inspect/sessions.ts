/** The sessions of the recorded requests and log lines. The requests of a caller without a session are one group. */
import { LOG } from "../conventions.ts";
import type { Line, Request, Snapshot } from "./requests.ts";
import { sessionIdOf } from "./session-id.ts";

/** Times are in milliseconds since the epoch. `endReason` is undefined while the session is open, and without a session. */
export type Session = ReturnType<typeof sessionOf>;

/** @returns the newest first */
export function sessionsOf({ requests, lines }: Snapshot): readonly Session[] {
  const requestsById = Map.groupBy(requests, ({ session }) => session);
  const linesById = Map.groupBy(lines, sessionOfLine);
  linesById.delete(undefined);
  return [...new Set([...requestsById.keys(), ...linesById.keys()])]
    .map((id) => sessionOf(String(id), requestsById.get(String(id)) ?? [], linesById.get(id) ?? []))
    .toSorted((a, b) => b.lastAt - a.lastAt);
}

/** @returns undefined for a line without a user, which belongs to no session */
export function sessionOfLine({ fields }: Line): string | undefined {
  const { [LOG.sessionId]: id, [LOG.userId]: user, [LOG.clientName]: client, [LOG.protocolVersion]: protocol } = fields;
  return user === undefined ? undefined : sessionIdOf({ id, user, client, protocol });
}

function sessionOf(id: string, requests: readonly Request[], lines: readonly Line[]) {
  const fields: Record<string, string | undefined> = Object.assign({}, ...lines.map((line) => line.fields));
  const times = [...requests.flatMap(({ at, durationMs }) => [at, at + durationMs]), ...lines.map(({ at }) => at)];
  return {
    id,
    client: fields[LOG.clientName] && `${fields[LOG.clientName]} ${fields[LOG.clientVersion] ?? ""}`.trimEnd(),
    user: fields[LOG.userId],
    protocol: fields[LOG.protocolVersion],
    startedAt: Math.min(...times),
    lastAt: Math.max(...times),
    endReason: fields[LOG.endReason],
    requests: requests.length,
    toolCalls: requests.filter(({ tool }) => tool !== undefined).length,
    errors: requests.filter(({ outcome }) => outcome === "error").length,
    costUsd: requests.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    traceIds: [...new Set(requests.flatMap(({ traceId = [] }) => traceId))],
  };
}

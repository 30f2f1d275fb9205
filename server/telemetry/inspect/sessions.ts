/** The sessions of the recorded requests and log lines. Without sessions, the calls of one client are shown as one. */
import { LOG } from "../conventions.ts";
import { groupOf, type Line, type Request, type Snapshot, text } from "./requests.ts";

/** Times are in milliseconds since the epoch. `endReason` is undefined while the session is open. */
export type Session = ReturnType<typeof sessionOf>;

/** @returns the newest first */
export function sessionsOf({ requests, lines }: Snapshot): readonly Session[] {
  const requestsById = Map.groupBy(requests, ({ session }) => session);
  const linesById = Map.groupBy(lines, sessionIdOf);
  linesById.delete(undefined);
  return [...new Set([...requestsById.keys(), ...linesById.keys()])]
    .map((id) => sessionOf(String(id), requestsById.get(String(id)) ?? [], linesById.get(id) ?? []))
    .toSorted((a, b) => b.lastAt - a.lastAt);
}

/** @returns undefined for a line without a user, which belongs to no session */
export const sessionIdOf = ({ fields }: Line): string | undefined =>
  fields[LOG.userId] === undefined
    ? undefined
    : groupOf({
        session: text(fields[LOG.sessionId]),
        revision: text(fields[LOG.protocolVersion]),
        user: text(fields[LOG.userId]),
        client: text(fields[LOG.clientName]),
      });

function sessionOf(id: string, requests: readonly Request[], lines: readonly Line[]) {
  const fields: Record<string, string | undefined> = Object.assign({}, ...lines.map((line) => line.fields));
  const times = [...requests.flatMap(({ at, durationMs }) => [at, at + durationMs]), ...lines.map(({ at }) => at)];
  return {
    id,
    client: fields[LOG.clientName] && `${fields[LOG.clientName]} ${fields[LOG.clientVersion] ?? ""}`,
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

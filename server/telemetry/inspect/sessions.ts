/** The sessions of what is held, newest first: what their requests and their log lines say of them. */
import { LOG } from "../conventions.ts";
import { type Line, NO_SESSION, type Request, type Seen } from "./requests.ts";

/** Times are in milliseconds since the epoch; `endReason` is undefined while the session is open. */
export type Session = ReturnType<typeof sessionOf>;

export function sessionsOf({ requests, lines }: Seen): readonly Session[] {
  const made = Map.groupBy(requests, ({ session }) => session);
  const wrote = Map.groupBy(lines, sessionIdOf);
  wrote.delete(undefined);
  return [...new Set([...made.keys(), ...wrote.keys()])]
    .map((id) => sessionOf(String(id), made.get(String(id)) ?? [], wrote.get(id) ?? []))
    .toSorted((a, b) => b.lastAt - a.lastAt);
}

/** Lines of the process itself name no user, and belong to no session. */
export const sessionIdOf = ({ fields }: Line): string | undefined =>
  fields[LOG.userId] === undefined ? undefined : String(fields[LOG.sessionId] ?? NO_SESSION);

function sessionOf(id: string, requests: readonly Request[], lines: readonly Line[]) {
  const said: Record<string, string | undefined> = Object.assign({}, ...lines.map(({ fields }) => fields));
  const times = [...requests.flatMap(({ at, durationMs }) => [at, at + durationMs]), ...lines.map(({ at }) => at)];
  return {
    id,
    client: said[LOG.clientName] && `${said[LOG.clientName]} ${said[LOG.clientVersion] ?? ""}`,
    user: said[LOG.userId],
    protocol: said[LOG.protocolVersion],
    startedAt: Math.min(...times),
    lastAt: Math.max(...times),
    endReason: said[LOG.endReason],
    requests: requests.length,
    toolCalls: requests.filter(({ tool }) => tool !== undefined).length,
    errors: requests.filter(({ outcome }) => outcome === "error").length,
    costUsd: requests.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    traceIds: [...new Set(requests.flatMap(({ traceId = [] }) => traceId))],
  };
}

/** What the page shows and `/inspect.json` says: the same, for the same filters. */
import { LOG } from "../conventions.ts";
import type { Recorder } from "./recorder.ts";
import { type Line, look, type Request, type Seen } from "./requests.ts";
import { sessionIdOf, sessionsOf } from "./sessions.ts";
import { signalsOf, WINDOW_MS } from "./signals.ts";
import { waterfall } from "./waterfall.ts";

/** Of each, the newest. */
const MAX_SESSIONS = 50;
const MAX_REQUESTS = 100;
export const MAX_REQUESTS_OF_SESSION = 400;

/** An empty text filters nothing. */
export interface Filters {
  readonly tool: string;
  readonly outcome: string;
  readonly session: string;
  readonly text: string;
}

export type View = ReturnType<typeof viewOf>;

/** The newest requests come first; the waterfall is there when the filters name a session. */
export function viewOf(recorder: Recorder, service: string, filters: Filters) {
  const seen = look(recorder);
  const at = Date.now();
  const from = Math.max(at - WINDOW_MS, heldSince(recorder, seen));
  const matching = seen.requests.filter(matches(filters, seen));
  const found = new Set(matching.map(({ session }) => session));
  const { session, text, tool, outcome } = filters;
  const every = sessionsOf(seen);
  return {
    service,
    at,
    filters,
    /** What is held, and what may be held. */
    held: { spans: recorder.spans, lines: recorder.lines },
    /** What the filters can choose from. */
    known: {
      tools: [...new Set(seen.requests.flatMap((request) => request.tool ?? []))].toSorted(),
      sessions: every.slice(0, MAX_SESSIONS),
    },
    /** The time that the signals are of: five minutes, or as much of them as is held. */
    windowMs: at - from,
    tools: signalsOf(matching, from, at),
    sessions: every
      .filter(({ id }) => (session === "" || id === session) && (tool + outcome + text === "" || found.has(id)))
      .slice(0, MAX_SESSIONS),
    requests: matching.slice(-MAX_REQUESTS).toReversed(),
    waterfall:
      session === "" ? undefined : waterfall(matching.slice(-MAX_REQUESTS_OF_SESSION), loose(filters, seen), seen),
  };
}

const heldSince = ({ since, spans, lines }: Recorder, { requests }: Seen): number =>
  spans.pushed > spans.count || lines.pushed > lines.count ? (requests[0]?.at ?? since) : since;

const matches =
  ({ tool, outcome, session, text }: Filters, seen: Seen) =>
  (request: Request): boolean =>
    (tool === "" || request.tool === tool) &&
    (outcome === "" || request.outcome === outcome) &&
    (session === "" || request.session === session) &&
    (text === "" || holds([request, seen.linesOf.get(request.spanId ?? "")], text));

const holds = (what: unknown, text: string) => JSON.stringify(what).toLowerCase().includes(text.toLowerCase());

/** Lines of a session that belong to none of its requests; where a tool or an outcome is asked for, none of them. */
function loose({ session, text, tool, outcome }: Filters, { lines, requests }: Seen): readonly Line[] {
  if (tool + outcome !== "") return [];
  const known = new Set(requests.map(({ spanId }) => spanId));
  return lines.filter(
    (line) =>
      sessionIdOf(line) === session &&
      !known.has(String(line.fields[LOG.spanId])) &&
      (text === "" || holds(line, text)),
  );
}

/** The data of the page, which `/inspect.json` has too. */
import { LOG } from "../conventions.ts";
import type { Recorder } from "./recorder.ts";
import { type Line, type Request, type Snapshot, snapshotOf } from "./requests.ts";
import { sessionOfLine, sessionsOf } from "./sessions.ts";
import { signalsOf, WINDOW_MS } from "./signals.ts";
import { waterfall } from "./waterfall.ts";

/** Only the newest are shown. */
const MAX_SESSIONS = 50;
const MAX_REQUESTS = 100;
export const MAX_REQUESTS_OF_SESSION = 400;

/** An empty filter matches everything. */
export interface Filters {
  readonly tool: string;
  readonly outcome: string;
  readonly session: string;
  readonly text: string;
}

/** What the page is made from. */
export interface Source {
  readonly recorder: Recorder;
  /** The name of the service. */
  readonly service: string;
  /** The size of a tool's definition; undefined when no list of the tools was sent. */
  readonly definitionBytes: (tool: string) => number | undefined;
}

export type View = ReturnType<typeof viewOf>;

/** The newest requests come first. There is a waterfall when the filters name a session. */
export function viewOf({ recorder, service, definitionBytes }: Source, filters: Filters) {
  const snapshot = snapshotOf(recorder);
  const at = Date.now();
  const from = Math.max(at - WINDOW_MS, recordedSince(recorder, snapshot));
  const matching = snapshot.requests.filter(matches(filters, snapshot));
  const sessionIds = new Set(matching.map(({ session }) => session));
  const { session, text, tool, outcome } = filters;
  const allSessions = sessionsOf(snapshot);
  return {
    service,
    at,
    filters,
    /** How much is recorded, and the limits. */
    held: { spans: recorder.spans, lines: recorder.lines },
    /** The choices of the filters. */
    known: {
      tools: [...new Set(snapshot.requests.flatMap((request) => request.tool ?? []))].toSorted(),
      sessions: allSessions.slice(0, MAX_SESSIONS),
    },
    /** The time of the signals: the last five minutes, or the recorded part of them. */
    windowMs: at - from,
    tools: signalsOf(matching, from, at).map((signals) => ({
      ...signals,
      definitionBytes: definitionBytes(signals.tool),
    })),
    sessions: allSessions
      .filter(({ id }) => (session === "" || id === session) && (tool + outcome + text === "" || sessionIds.has(id)))
      .slice(0, MAX_SESSIONS),
    requests: matching.slice(-MAX_REQUESTS).toReversed(),
    waterfall:
      session === ""
        ? undefined
        : waterfall(matching.slice(-MAX_REQUESTS_OF_SESSION), otherLines(filters, snapshot), snapshot),
  };
}

const recordedSince = ({ since, spans, lines }: Recorder, { requests }: Snapshot): number =>
  spans.pushed > spans.count || lines.pushed > lines.count ? (requests[0]?.at ?? since) : since;

const matches =
  ({ tool, outcome, session, text }: Filters, snapshot: Snapshot) =>
  (request: Request): boolean =>
    (tool === "" || request.tool === tool) &&
    (outcome === "" || request.outcome === outcome) &&
    (session === "" || request.session === session) &&
    (text === "" || containsText([request, snapshot.linesOf.get(request.spanId ?? "")], text));

const containsText = (what: unknown, text: string) => JSON.stringify(what).toLowerCase().includes(text.toLowerCase());

/** The lines of a session that belong to none of its requests. A filter by tool or outcome excludes all of them. */
function otherLines({ session, text, tool, outcome }: Filters, { lines, requests }: Snapshot): readonly Line[] {
  if (tool + outcome !== "") return [];
  const spanIds = new Set(requests.map(({ spanId }) => spanId));
  return lines.filter(
    (line) =>
      sessionOfLine(line) === session &&
      !spanIds.has(String(line.fields[LOG.spanId])) &&
      (text === "" || containsText(line, text)),
  );
}

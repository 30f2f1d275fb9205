/** The data of the page, which `/inspect.json` has too. */
import { LISTENING_LINE, LOG } from "../conventions.ts";
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

/** Everything that is recorded now. */
export type Recorded = ReturnType<typeof recordedIn>;

export function recordedIn({ recorder, definitionBytes }: Source) {
  const snapshot = snapshotOf(recorder);
  const at = Date.now();
  const from = Math.max(at - WINDOW_MS, recordedSince(recorder, snapshot));
  return {
    snapshot,
    at,
    from,
    /** The time of the signals: the last five minutes, or the recorded part of them. */
    windowMs: at - from,
    sessions: sessionsOf(snapshot),
    definitionBytes,
  };
}

/** A filter that is left out matches everything. @returns the oldest first */
export const filteredRequests = (
  { snapshot }: Recorded,
  { tool = "", outcome = "", session = "", text = "" }: { readonly [F in keyof Filters]?: string | undefined },
): readonly Request[] => snapshot.requests.filter(matches({ tool, outcome, session, text }, snapshot));

/** The lines of a session that belong to none of its requests. */
export const linesOfSession = ({ snapshot }: Recorded, session: string): readonly Line[] =>
  otherLines({ tool: "", outcome: "", text: "", session }, snapshot);

export const toolSignals = ({ from, at, definitionBytes }: Recorded, requests: readonly Request[]) =>
  signalsOf(requests, from, at).map((signals) => ({ ...signals, definitionBytes: definitionBytes(signals.tool) }));

export type View = ReturnType<typeof viewOf>;

/** The newest requests come first. There is a waterfall when the filters name a session. */
export function viewOf(source: Source, filters: Filters) {
  const { recorder, service } = source;
  const recorded = recordedIn(source);
  const { snapshot, at, windowMs, sessions: allSessions } = recorded;
  const matching = filteredRequests(recorded, filters);
  const sessionIds = new Set(matching.map(({ session }) => session));
  const { session, text, tool, outcome } = filters;
  return {
    service,
    /** Where the server says that it listens, as a client on its machine reaches it; undefined while no line says it. */
    endpoint: endpointIn(snapshot),
    at,
    filters,
    /** How much is recorded, and the limits. */
    held: { spans: recorder.spans, lines: recorder.lines },
    /** The choices of the filters. */
    known: {
      tools: [...new Set(snapshot.requests.flatMap((request) => request.tool ?? []))].toSorted(),
      sessions: allSessions.slice(0, MAX_SESSIONS),
    },
    windowMs,
    tools: toolSignals(recorded, matching),
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

function endpointIn({ lines }: Snapshot): string | undefined {
  const url = lines.find(({ message }) => message === LISTENING_LINE)?.fields.url;
  return typeof url === "string" ? url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, "//127.0.0.1:") : undefined;
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

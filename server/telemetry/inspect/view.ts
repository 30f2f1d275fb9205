/** What the page shows and `/inspect.json` says: the same, for the same filters. */
import { LOG } from "../conventions.ts";
import type { Recorder } from "./recorder.ts";
import { type Line, look, type Request, type Seen } from "./requests.ts";
import { type Session, sessionOf, sessionsOf } from "./sessions.ts";
import { signalsOf, type ToolSignals, WINDOW_MS } from "./signals.ts";
import { type Waterfall, waterfall } from "./waterfall.ts";

/** Of each, the newest. */
const MAX_SHOWN = { sessions: 50, requests: 100, ofSession: 500 };

/** An empty text filters nothing. */
export interface Filters {
  readonly tool: string;
  readonly outcome: string;
  readonly session: string;
  readonly text: string;
}

export interface View {
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly filters: Filters;
  /** What is held, and what may be held. */
  readonly held: Readonly<
    Record<"spans" | "lines", { readonly [K in "count" | "bytes" | "maxCount" | "maxBytes"]: number }>
  >;
  /** What the filters can choose from. */
  readonly known: { readonly tools: readonly string[]; readonly sessions: readonly Session[] };
  /** The time that the signals are of, in milliseconds: five minutes, or as much of them as is held. */
  readonly windowMs: number;
  readonly tools: readonly ToolSignals[];
  readonly sessions: readonly Session[];
  /** Newest first. */
  readonly requests: readonly Request[];
  /** Of one session, when the filter names it. */
  readonly waterfall: Waterfall | undefined;
}

export function viewOf(recorder: Recorder, service: string, filters: Filters): View {
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
    held: { spans: heldIn(recorder.spans), lines: heldIn(recorder.lines) },
    known: {
      tools: [...new Set(seen.requests.flatMap((request) => request.tool ?? []))].toSorted(),
      sessions: every.slice(0, MAX_SHOWN.sessions),
    },
    windowMs: at - from,
    tools: signalsOf(matching, from, at),
    sessions: every
      .filter(({ id }) => (session === "" || id === session) && (tool + outcome + text === "" || found.has(id)))
      .slice(0, MAX_SHOWN.sessions),
    requests: matching.slice(-MAX_SHOWN.requests).toReversed(),
    waterfall: session === "" ? undefined : waterfall(matching.slice(-MAX_SHOWN.ofSession), loose(filters, seen), seen),
  };
}

const heldIn = ({ count, bytes, maxCount, maxBytes }: Recorder["lines" | "spans"]) => ({
  count,
  bytes,
  maxCount,
  maxBytes,
});

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
      sessionOf(line) === session && !known.has(String(line.fields[LOG.spanId])) && (text === "" || holds(line, text)),
  );
}

/** The answers of the inspector's tools, from what the page is made from. Each is short, and read-only. */
import { LOG } from "../conventions.ts";
import { causesOf } from "./mcp-causes.ts";
import type { Input, ToolName } from "./mcp-definitions.ts";
import { page, readCursor } from "./mcp-paging.ts";
import type { Line, Request } from "./requests.ts";
import type { Session } from "./sessions.ts";
import { filteredRequests, linesOfSession, type Recorded, toolSignals } from "./view.ts";
import { type Row, waterfall } from "./waterfall.ts";

type Answers = { readonly [N in ToolName]: (recorded: Recorded, input: Input<N>) => object };

export const ANSWERS: Answers = {
  list_sessions: ({ sessions }, { cursor }) => {
    const at = readCursor(cursor);
    const known = sessions.filter(({ startedAt }) => startedAt <= at.until);
    return page("sessions", known.toSorted((a, b) => b.startedAt - a.startedAt).map(sessionFacts), at);
  },
  get_session(recorded, { session, cursor }) {
    const at = readCursor(cursor);
    const found = recorded.sessions.find(({ id }) => id === session);
    if (found === undefined) throw new Error("nothing is recorded of this session: see list_sessions");
    const requests = filteredRequests(recorded, { session });
    const events = [...requests, ...linesOfSession(recorded, session)].filter((event) => event.at <= at.until);
    const inOrder = events.toSorted((a, b) => a.at - b.at).map(eventOf);
    return { ...sessionFacts(found), ...page("events", inOrder, at) };
  },
  find_calls(recorded, { cursor, error_class, min_duration_ms = 0, ...filters }) {
    const at = readCursor(cursor);
    const found = filteredRequests(recorded, filters).filter(
      ({ at: began, durationMs, errorClass }) =>
        began <= at.until && durationMs >= min_duration_ms && (error_class === undefined || errorClass === error_class),
    );
    return page("calls", found.toReversed().map(callOf), at);
  },
  get_trace({ snapshot }, { trace_id, span_id, cursor }) {
    const at = readCursor(cursor);
    const requests = snapshot.requests.filter(
      ({ traceId, spanId, at: began }) =>
        traceId === trace_id && (span_id === undefined || spanId === span_id) && began <= at.until,
    );
    if (requests.length === 0) throw new Error("no request of this trace is recorded");
    const rows = waterfall(requests, [], snapshot).rows.filter(({ kind }) => kind !== "idle");
    return page("rows", rows.map(rowOf), at);
  },
  explain_errors(recorded, { cursor, ...filters }) {
    const at = readCursor(cursor);
    const requests = filteredRequests(recorded, filters).filter(({ at: began }) => began <= at.until);
    return page("causes", causesOf(requests, recorded.snapshot), at);
  },
  tool_stats: (recorded, { tool = "", cursor }) => {
    const stats = toolSignals(recorded, filteredRequests(recorded, { tool }));
    return { window_ms: recorded.windowMs, ...page("tools", stats.map(statsOf), readCursor(cursor)) };
  },
};

const time = (at: number): string => new Date(at).toISOString();
const rounded = (value: number | undefined): number | undefined => value && Number(value.toPrecision(4));

const sessionFacts = (session: Session) => ({
  session: session.id,
  client: session.client,
  [LOG.userId]: session.user,
  [LOG.protocolVersion]: session.protocol,
  started_at: time(session.startedAt),
  last_at: time(session.lastAt),
  [LOG.endReason]: session.endReason,
  requests: session.requests,
  [LOG.toolCalls]: session.toolCalls,
  errors: session.errors,
  [LOG.estimatedCost]: rounded(session.costUsd),
});

const callOf = (request: Request) => ({
  at: time(request.at),
  call: request.name,
  [LOG.outcome]: request.outcome,
  [LOG.errorClass]: request.errorClass,
  [LOG.reason]: request.reason,
  [LOG.durationMs]: rounded(request.durationMs),
  session: request.session,
  [LOG.traceId]: request.traceId,
  [LOG.spanId]: request.spanId,
});

const lineOf = ({ at, level, message }: Line) => ({ at: time(at), level, line: message });

const eventOf = (event: Request | Line) => ("message" in event ? lineOf(event) : callOf(event));

/** Depth 0 is a request, 1 what belongs to it, and so on. */
function rowOf(row: Row): object {
  switch (row.kind) {
    case "request":
      return { depth: row.depth, ...callOf(row.request), attributes: row.attributes };
    case "span":
      return {
        depth: row.depth,
        at: time(row.at),
        span: row.name,
        failed: row.failed,
        [LOG.durationMs]: rounded(row.durationMs),
        attributes: row.attributes,
      };
    case "line":
      return { depth: row.depth, ...lineOf(row.line), fields: row.line.fields };
    case "idle":
      return {};
  }
}

const statsOf = ({ course: _, ...stats }: ReturnType<typeof toolSignals>[number]) => ({
  tool: stats.tool,
  calls: stats.calls,
  ...stats.outcomes,
  p50_ms: rounded(stats.p50Ms),
  p95_ms: rounded(stats.p95Ms),
  max_ms: rounded(stats.maxMs),
  over_budget: stats.overBudget,
  input_bytes: stats.inputBytes,
  output_bytes: stats.outputBytes,
  [LOG.estimatedCost]: rounded(stats.costUsd),
  definition_bytes: stats.definitionBytes,
});

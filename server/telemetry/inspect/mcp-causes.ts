/** Groups failed and rejected requests by their cause, with one example of each. */
import { LOG } from "../conventions.ts";
import type { Request, Snapshot } from "./requests.ts";

interface LoggedError {
  readonly type?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly stack?: unknown;
}

/** The most frequent first; of equal ones, the newest first. */
export function causesOf(requests: readonly Request[], snapshot: Snapshot) {
  const failed = requests.filter(({ outcome }) => outcome === "error" || outcome === "rejected");
  return [...Map.groupBy(failed, (request) => JSON.stringify(causeOf(request, snapshot), withoutNumbers)).values()]
    .map((group) => explained(group, snapshot))
    .toSorted((a, b) => b.count - a.count || (a.last_at < b.last_at ? 1 : -1));
}

/** Two errors that differ in a number or an id only have one cause. */
const withoutNumbers = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.replace(/[\da-f]{8,}|\d+/gi, "#") : value;

function causeOf({ name, outcome, errorClass, reason, spanId = "" }: Request, { linesOf, spansBelow }: Snapshot) {
  const logged = linesOf.get(spanId)?.findLast(({ fields }) => "err" in fields)?.fields.err as LoggedError | undefined;
  const outgoing = (spansBelow.get(spanId) ?? []).filter(({ failed }) => failed);
  return {
    call: name,
    outcome,
    [LOG.errorClass]: errorClass,
    [LOG.reason]: reason,
    error: logged && { type: logged.type, message: logged.message, code: logged.code, at: firstFrame(logged.stack) },
    failed_outgoing_calls: outgoing.length === 0 ? undefined : [...new Set(outgoing.map(describeSpan))],
  };
}

const firstFrame = (stack: unknown): string | undefined => /^\s+at (.+)$/m.exec(String(stack))?.[1];

const describeSpan = ({ name, attributes }: { name: string; attributes: Readonly<Record<string, unknown>> }): string =>
  [
    name,
    attributes["server.address"],
    attributes["server.port"],
    attributes["http.response.status_code"] ?? attributes["error.type"],
  ]
    .filter((part) => part !== undefined)
    .join(" ");

/** @param group requests of one cause, the oldest first */
function explained(group: readonly Request[], snapshot: Snapshot) {
  const newest = group.at(-1) as Request;
  return {
    count: group.length,
    last_at: new Date(newest.at).toISOString(),
    ...causeOf(newest, snapshot),
    example: { [LOG.traceId]: newest.traceId, [LOG.spanId]: newest.spanId, session: newest.session },
  };
}

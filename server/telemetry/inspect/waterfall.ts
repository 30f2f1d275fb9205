/** The rows of a session's waterfall: its requests, their child spans and their log lines, in the order of time. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { RecordedSpan } from "./recorder.ts";
import { type Line, milliseconds, type Request, type Snapshot } from "./requests.ts";
import { foldsOf } from "./timeline.ts";

interface Timed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  /** 0 for a request and for a line of the session, 1 for a child of a request, and so on. */
  readonly depth: number;
}
export type Row = Timed &
  (
    | { readonly kind: "request"; readonly request: Request; readonly attributes: Attributes }
    | ({ readonly kind: "span" } & Pick<RecordedSpan, "name" | "failed" | "attributes" | "context">)
    | { readonly kind: "line"; readonly line: Line }
    | { readonly kind: "idle" }
  );
export type Waterfall = ReturnType<typeof waterfall>;

/** @param otherLines lines of the session that belong to none of its requests */
export function waterfall(requests: readonly Request[], otherLines: readonly Line[], snapshot: Snapshot) {
  const groups = [
    ...requests.map((request): Row[] => {
      const { at, durationMs, spanId = "" } = request;
      const { attributes = {} } = snapshot.spanOf.get(spanId) ?? {};
      return [
        { kind: "request", at, durationMs, depth: 0, request, attributes },
        ...childrenOf(spanId, request, 1, snapshot),
      ];
    }),
    ...otherLines.map((line) => [lineRow(line, line.at, 0)]),
  ];
  const folds = foldsOf(groups.flat());
  const idle = folds.map(({ from, to }): Row[] => [{ kind: "idle", at: from, durationMs: to - from, depth: 0 }]);
  return { rows: byTime([...groups, ...idle]), folds };
}

/** A request is never shown as a child of another, whatever parent its caller gave it. */
function childrenOf(spanId: string, within: Omit<Timed, "depth">, depth: number, snapshot: Snapshot): readonly Row[] {
  const spans = (snapshot.spansBelow.get(spanId) ?? []).filter(({ kind }) => kind !== SpanKind.SERVER);
  const lines = snapshot.linesOf.get(spanId) ?? [];
  return byTime([
    ...spans.map(({ name, failed, attributes, start, duration, context }): Row[] => {
      const timed = { at: milliseconds(start), durationMs: milliseconds(duration), depth };
      const row: Row = { kind: "span", ...timed, name, failed, attributes, context };
      return [row, ...childrenOf(context.spanId, timed, depth + 1, snapshot)];
    }),
    ...lines.map((line) => [lineRow(line, clamped(line.at, within), depth)]),
  ]);
}

/** A line has whole milliseconds and a span has fractions. A line is moved into its span. */
const clamped = (at: number, within: Omit<Timed, "depth">): number =>
  Math.min(Math.max(at, within.at), within.at + within.durationMs);

const lineRow = (line: Line, at: number, depth: number): Row => ({ kind: "line", at, durationMs: 0, depth, line });

const byTime = (groups: readonly Row[][]): readonly Row[] =>
  groups.toSorted(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0)).flat();

/** One session in the order of time: its requests, the spans below each, and the log lines in their place. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { SeenSpan } from "./recorder.ts";
import { type Line, milliseconds, type Request, type Seen } from "./requests.ts";
import { foldsOf } from "./timeline.ts";

interface Placed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  /** 0: of the session itself; 1: directly below a request. */
  readonly depth: number;
}
export type Row = Placed &
  (
    | { readonly kind: "request"; readonly request: Request; readonly attributes: Attributes }
    | ({ readonly kind: "span" } & Pick<SeenSpan, "name" | "failed" | "attributes" | "context">)
    | { readonly kind: "line"; readonly line: Line }
    | { readonly kind: "idle" }
  );
export type Waterfall = ReturnType<typeof waterfall>;

/** @param loose lines of the session that belong to none of its requests */
export function waterfall(requests: readonly Request[], loose: readonly Line[], seen: Seen) {
  const groups = [
    ...requests.map((request): Row[] => {
      const { at, durationMs, spanId = "" } = request;
      const { attributes = {} } = seen.spanOf.get(spanId) ?? {};
      return [{ kind: "request", at, durationMs, depth: 0, request, attributes }, ...below(spanId, request, 1, seen)];
    }),
    ...loose.map((line) => [lineRow(line, line.at, 0)]),
  ];
  const folds = foldsOf(groups.flat());
  const idle = folds.map(({ from, to }): Row[] => [{ kind: "idle", at: from, durationMs: to - from, depth: 0 }]);
  return { rows: inOrder([...groups, ...idle]), folds };
}

/** A request's span is never below another's here, whatever parent its caller gave it. */
function below(spanId: string, within: Omit<Placed, "depth">, depth: number, seen: Seen): readonly Row[] {
  const spans = (seen.spansBelow.get(spanId) ?? []).filter(({ kind }) => kind !== SpanKind.SERVER);
  const lines = seen.linesOf.get(spanId) ?? [];
  return inOrder([
    ...spans.map(({ name, failed, attributes, start, duration, context }): Row[] => {
      const placed = { at: milliseconds(start), durationMs: milliseconds(duration), depth };
      const row: Row = { kind: "span", ...placed, name, failed, attributes, context };
      return [row, ...below(context.spanId, placed, depth + 1, seen)];
    }),
    ...lines.map((line) => [lineRow(line, clamped(line.at, within), depth)]),
  ]);
}

/** Lines tell whole milliseconds, spans less: a line stays inside of its span. */
const clamped = (at: number, within: Omit<Placed, "depth">): number =>
  Math.min(Math.max(at, within.at), within.at + within.durationMs);

const lineRow = (line: Line, at: number, depth: number): Row => ({ kind: "line", at, durationMs: 0, depth, line });

const inOrder = (groups: readonly Row[][]): readonly Row[] =>
  groups.toSorted(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0)).flat();

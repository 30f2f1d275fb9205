/** One session in the order of time: its requests, the spans below each, and the log lines in their place. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { SeenSpan } from "./recorder.ts";
import { type Line, milliseconds, type Request, type Seen } from "./requests.ts";
import { type Fold, foldsOf } from "./timeline.ts";

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
    | { readonly kind: "span"; readonly name: string; readonly failed: boolean; readonly attributes: Attributes }
    | { readonly kind: "line"; readonly line: Line }
    | { readonly kind: "idle" }
  );

export interface Waterfall {
  readonly rows: readonly Row[];
  /** Stretches in which nothing happened, which the picture folds. */
  readonly folds: readonly Fold[];
}

/** @param loose lines of the session that belong to none of its requests */
export function waterfall(requests: readonly Request[], loose: readonly Line[], seen: Seen): Waterfall {
  const spans = new Map(seen.spans.map((span) => [span.context.spanId, span]));
  const groups = [
    ...requests.map((request) => requestRows(request, spans.get(request.spanId ?? ""), seen)),
    ...loose.map((line) => [lineRow(line, 0)]),
  ];
  const folds = foldsOf(groups.flat());
  const idle = folds.map(({ from, to }): Row[] => [{ kind: "idle", at: from, durationMs: to - from, depth: 0 }]);
  return { rows: inOrder([...groups, ...idle]), folds };
}

function requestRows(request: Request, span: SeenSpan | undefined, seen: Seen): Row[] {
  const { at, durationMs, spanId = "" } = request;
  const attributes = span?.attributes ?? {};
  return [{ kind: "request", at, durationMs, depth: 0, request, attributes }, ...below(spanId, 1, seen)];
}

/** A request's span is never below another's here, whatever parent its caller gave it. */
function below(spanId: string, depth: number, seen: Seen): readonly Row[] {
  const spans = (seen.spansBelow.get(spanId) ?? []).filter(({ kind }) => kind !== SpanKind.SERVER);
  const lines = seen.linesOf.get(spanId) ?? [];
  return inOrder([
    ...spans.map((span): Row[] => [spanRow(span, depth), ...below(span.context.spanId, depth + 1, seen)]),
    ...lines.map((line) => [lineRow(line, depth)]),
  ]);
}

const spanRow = ({ name, start, duration, attributes, failed }: SeenSpan, depth: number): Row => ({
  kind: "span",
  at: milliseconds(start),
  durationMs: milliseconds(duration),
  depth,
  name,
  failed,
  attributes,
});

const lineRow = (line: Line, depth: number): Row => ({ kind: "line", at: line.at, durationMs: 0, depth, line });

const inOrder = (groups: readonly Row[][]): readonly Row[] =>
  groups.toSorted(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0)).flat();

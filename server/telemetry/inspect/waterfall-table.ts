/** The table of a session's waterfall, with a row for each request, span and log line. */
import { LOG } from "../conventions.ts";
import { bytes, dollars, duration } from "./format.ts";
import { type Html, html } from "./html.ts";
import { copyable, outcomeOf, tableFrame } from "./tables.ts";
import { timeline } from "./timeline.ts";
import type { Row, Waterfall } from "./waterfall.ts";

/** Width of a bar's SVG, in its own units. */
const WIDTH = 1000;
const MIN_BAR_WIDTH = 4;

const COLUMNS = ["Name", "#At", "Timeline", "#Duration", "Outcome", "#In", "#Out", "#Cost"];

type PositionOf = (at: number) => number;
type Kind<K extends Row["kind"]> = Extract<Row, { kind: K }>;

export function waterfallTable({ rows, folds }: Waterfall): Html {
  const busyRows = rows.filter(({ kind }) => kind !== "idle");
  const positionOf = timeline(busyRows, folds);
  const from = busyRows[0]?.at ?? 0;
  const title = "Requests, outgoing calls and log lines in the order of time";
  const cells = rows.map((row) => DRAW[row.kind](row as never, from, positionOf));
  return html`<div class="waterfall">${tableFrame(title, COLUMNS, cells)}</div>`;
}

const DRAW = {
  idle: ({ durationMs }: Kind<"idle">) =>
    html`<tr class="idle"><td colspan="${COLUMNS.length}">${duration(durationMs)} idle</td></tr>`,
  line: drawLine,
  span: drawSpan,
  request: drawRequest,
};

const nameAndTime = (row: Row, from: number, id: string, name: Html, more: Html): Html => html`
<th scope="row" class="depth${Math.min(row.depth, 4)}"><details id="${id}"><summary>${name}</summary>${more}</details></th>
<td class="n at">${duration(row.at - from)}</td>`;

function drawLine(row: Kind<"line">, from: number, positionOf: PositionOf): Html {
  const { level, message, fields } = row.line;
  const ownFields = Object.entries(fields).filter(([name]) => !REQUEST_FIELDS.has(name));
  const name = html`<span class="level">${level}</span> ${message}`;
  return html`<tr class="line ${level}">${nameAndTime(row, from, `l${row.line.id}`, name, definitionList(fields))}
<td class="picture">${bar(row, positionOf, "tick")}</td>
<td class="fields" colspan="5">${ownFields.map(([key, value]) => html`<span>${key}=${textOf(value).split("\n", 1)}</span> `)}</td></tr>`;
}

function drawSpan(row: Kind<"span">, from: number, positionOf: PositionOf): Html {
  const { name, failed, attributes, context } = row;
  const { "server.address": host = "", "server.port": port = "", "http.response.status_code": status } = attributes;
  const title = html`${name} <span class="to">${[host, port].filter(Boolean).join(":")}</span>`;
  return html`<tr class="span">${nameAndTime(row, from, `c${context.spanId}`, title, definitionList(attributes))}
<td class="picture">${bar(row, positionOf, failed ? "bar below error" : "bar below")}</td>
<td class="n">${duration(row.durationMs)}</td><td${failed && html` class="bad"`}>${textOf(status ?? "")}</td><td colspan="3"></td></tr>`;
}

function drawRequest(row: Kind<"request">, from: number, positionOf: PositionOf): Html {
  const { name, spanId, traceId, outcome, inputBytes, outputBytes, costUsd, sampled } = row.request;
  const more = html`${traceId && copyable(traceId)}${definitionList({ ...row.attributes, sampled })}`;
  return html`<tr class="request" id="s${spanId}">${nameAndTime(row, from, `d${spanId ?? row.at}`, html`${name}`, more)}
<td class="picture">${bar(row, positionOf, `bar ${outcome}`)}</td>
<td class="n">${duration(row.durationMs)}</td><td>${outcomeOf(row.request)}</td>
<td class="n">${bytes(inputBytes)}</td><td class="n">${bytes(outputBytes)}</td><td class="n">${dollars(costUsd)}</td></tr>`;
}

/** Fields that the row of the request shows already. */
const REQUEST_FIELDS: ReadonlySet<string> = new Set([
  LOG.sessionId,
  LOG.userId,
  LOG.requestId,
  LOG.method,
  LOG.toolName,
  LOG.traceId,
  LOG.spanId,
  LOG.traceSampled,
]);

function bar({ at, durationMs }: Row, positionOf: PositionOf, kind: string): Html {
  const x = Math.min(positionOf(at) * WIDTH, WIDTH - MIN_BAR_WIDTH);
  const width = Math.max(positionOf(at + durationMs) * WIDTH - x, MIN_BAR_WIDTH);
  return html`<svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="${kind}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/></svg>`;
}

const definitionList = (values: Readonly<Record<string, unknown>>): Html =>
  html`<dl>${Object.entries(values).map(([name, value]) => html`<dt>${name}</dt><dd>${textOf(value)}</dd>`)}</dl>`;

const textOf = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return String(value);
  return "stack" in value ? String(value.stack) : JSON.stringify(value);
};

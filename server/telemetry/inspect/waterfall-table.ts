/** The waterfall of a session: a row for each request, span and log line; the bars are a picture of the numbers. */
import { LOG } from "../conventions.ts";
import { bytes, dollars, duration } from "./format.ts";
import { type Html, html } from "./html.ts";
import { copyable, frame, outcomeOf } from "./tables.ts";
import { timeline } from "./timeline.ts";
import type { Row, Waterfall } from "./waterfall.ts";

/** Of the picture, in its own units. */
const WIDTH = 1000;
const NARROWEST = 4;

const COLUMNS = ["Name", "#At", "Timeline", "#Duration", "Outcome", "#In", "#Out", "#Cost"];

type Place = (at: number) => number;
type Kind<K extends Row["kind"]> = Extract<Row, { kind: K }>;

export function waterfallTable({ rows, folds }: Waterfall): Html {
  const real = rows.filter(({ kind }) => kind !== "idle");
  const place = timeline(real, folds);
  const from = real[0]?.at ?? 0;
  const title = "Requests, outgoing calls and log lines in the order of time";
  const drawn = rows.map((row) => DRAW[row.kind](row as never, from, place));
  return html`<div class="waterfall">${frame(title, COLUMNS, drawn)}</div>`;
}

const DRAW = {
  idle: ({ durationMs }: Kind<"idle">) =>
    html`<tr class="idle"><td colspan="${COLUMNS.length}">${duration(durationMs)} idle</td></tr>`,
  line: drawLine,
  span: drawSpan,
  request: drawRequest,
};

const lead = (row: Row, from: number, id: string, name: Html, more: Html): Html => html`
<th scope="row" class="depth${Math.min(row.depth, 4)}"><details id="${id}"><summary>${name}</summary>${more}</details></th>
<td class="n at">${duration(row.at - from)}</td>`;

function drawLine(row: Kind<"line">, from: number, place: Place): Html {
  const { level, message, fields } = row.line;
  const own = Object.entries(fields).filter(([name]) => !OF_THE_REQUEST.has(name));
  const name = html`<span class="level">${level}</span> ${message}`;
  return html`<tr class="line ${level}">${lead(row, from, `l${row.line.id}`, name, list(fields))}
<td class="picture">${picture(row, place, "tick")}</td>
<td class="fields" colspan="5">${own.map(([key, value]) => html`<span>${key}=${shown(value).split("\n", 1)}</span> `)}</td></tr>`;
}

function drawSpan(row: Kind<"span">, from: number, place: Place): Html {
  const { name, failed, attributes, context } = row;
  const { "server.address": host = "", "server.port": port = "", "http.response.status_code": status } = attributes;
  const title = html`${name} <span class="to">${[host, port].filter(Boolean).join(":")}</span>`;
  return html`<tr class="span">${lead(row, from, `c${context.spanId}`, title, list(attributes))}
<td class="picture">${picture(row, place, failed ? "bar below error" : "bar below")}</td>
<td class="n">${duration(row.durationMs)}</td><td${failed && html` class="bad"`}>${shown(status ?? "")}</td><td colspan="3"></td></tr>`;
}

function drawRequest(row: Kind<"request">, from: number, place: Place): Html {
  const { name, spanId, traceId, outcome, inputBytes, outputBytes, costUsd, sampled } = row.request;
  const more = html`${traceId && copyable(traceId)}${list({ ...row.attributes, sampled })}`;
  return html`<tr class="request" id="s${spanId}">${lead(row, from, `d${spanId ?? row.at}`, html`${name}`, more)}
<td class="picture">${picture(row, place, `bar ${outcome}`)}</td>
<td class="n">${duration(row.durationMs)}</td><td>${outcomeOf(row.request)}</td>
<td class="n">${bytes(inputBytes)}</td><td class="n">${bytes(outputBytes)}</td><td class="n">${dollars(costUsd)}</td></tr>`;
}

/** Said by the row that a line stands below. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set([
  LOG.sessionId,
  LOG.userId,
  LOG.requestId,
  LOG.method,
  LOG.toolName,
  LOG.traceId,
  LOG.spanId,
  LOG.traceSampled,
]);

function picture({ at, durationMs }: Row, place: Place, kind: string): Html {
  const x = Math.min(place(at) * WIDTH, WIDTH - NARROWEST);
  const width = Math.max(place(at + durationMs) * WIDTH - x, NARROWEST);
  return html`<svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="${kind}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/></svg>`;
}

const list = (values: Readonly<Record<string, unknown>>): Html =>
  html`<dl>${Object.entries(values).map(([name, value]) => html`<dt>${name}</dt><dd>${shown(value)}</dd>`)}</dl>`;

const shown = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return String(value);
  return "stack" in value ? String(value.stack) : JSON.stringify(value);
};

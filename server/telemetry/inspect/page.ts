/** The page: the overview, or one session when the filter names it. Complete without JavaScript; no value unescaped. */
import { OUTCOMES } from "../conventions.ts";
import { type Html, html } from "./html.ts";
import { type Grafana, pageOf } from "./links.ts";
import { bytes, clock, duration, significant } from "./looks.ts";
import { requestsTable, sessionFacts, sessionsTable, toolsTable } from "./tables.ts";
import type { View } from "./view.ts";
import { waterfallTable } from "./waterfall-table.ts";

export function page(view: View, grafana: Grafana | undefined): string {
  const { service, filters, known } = view;
  const json = pageOf(filters, "/inspect.json");
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${filters.session === "" ? "Inspector" : `Session ${filters.session}`} · ${service}</title>
<link rel="stylesheet" href="/inspect/page.css">
<script src="/inspect/page.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<a class="brand" href="/inspect"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 3h9M4 8h11M6 13h6"/></svg>${service} <span>inspector</span></a>
<p class="status"><span id="status" role="status" aria-live="polite">As of ${clock(view.at)}</span>
<button type="button" id="pause" aria-pressed="false">Pause</button></p>
<nav aria-label="The same elsewhere"><a href="${json}">JSON</a><a href="/metrics">Metrics</a>${
    grafana && html`<a href="${grafana.overview}">Grafana</a>`
  }</nav>
</header>
<form role="search" aria-label="Filter" action="/inspect">
<label class="wide">Text <input type="search" name="q" value="${filters.text}" placeholder="message, id, error class …"></label>
<label>Tool ${choice("tool", filters.tool, "all", known.tools)}</label>
<label>Outcome ${choice("outcome", filters.outcome, "all", OUTCOMES)}</label>
<label>Session ${choice(
    "session",
    filters.session,
    "all",
    known.sessions.map(({ id, client = "" }) => [id, `${id.slice(0, 8)} ${client}`]),
  )}</label>
<button>Apply</button>${Object.values(filters).some(Boolean) && html`<a href="/inspect">Clear</a>`}
</form>
<main id="content" tabindex="-1">${view.waterfall === undefined ? overview(view, grafana) : oneSession(view, grafana)}</main>
<footer>${held(view)}</footer>
</body>
</html>`}\n`;
}

const overview = (view: View, grafana: Grafana | undefined): Html => html`
<h1 class="hidden">Inspector of ${view.service}</h1>
${section("tools", "Tools", `last ${duration(view.windowMs)}`, toolsTable(view, grafana))}
${section("sessions", "Sessions", "", sessionsTable(view))}
${section("requests", "Requests", "newest first", requestsTable(view))}`;

function oneSession(view: View, grafana: Grafana | undefined): Html {
  const session = view.sessions[0];
  return html`
<div class="title"><a href="${pageOf({ ...view.filters, session: "" })}">← All sessions</a>
<h1>Session <code class="id">${view.filters.session}</code></h1></div>
${
  session === undefined
    ? html`<p class="none">Nothing is held of it, or nothing that the filters let through.</p>`
    : html`${sessionFacts(session, grafana)}
${section("waterfall", "Waterfall", "", waterfallTable(view.waterfall ?? { rows: [], folds: [] }))}
${section("tools", "Tools", `last ${duration(view.windowMs)}`, toolsTable(view, grafana))}`
}`;
}

const section = (id: string, title: string, note: string, content: Html): Html => html`
<section id="${id}" aria-labelledby="${id}-title" data-live>
<h2 id="${id}-title">${title} ${note !== "" && html`<small>${note}</small>`}</h2>
${content}
</section>`;

type Option = string | readonly [value: string, label: string];

const choice = (name: string, chosen: string, all: string, options: readonly Option[]): Html => {
  const pairs = options.map((option) => (typeof option === "string" ? ([option, option] as const) : option));
  if (chosen !== "" && !pairs.some(([value]) => value === chosen)) pairs.push([chosen, chosen]);
  return html`<select name="${name}" id="${name}" data-live><option value="">${all}</option>${pairs.map(
    ([value, label]) => html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`,
  )}</select>`;
};

const held = ({ held: { spans, lines } }: View): Html =>
  html`<p id="held" data-live>Held in memory, the oldest make room: ${significant(spans.count)} of ${spans.maxCount} spans (${bytes(
    spans.bytes,
  )} of ${bytes(spans.maxBytes)}), ${significant(lines.count)} of ${lines.maxCount} log lines (${bytes(
    lines.bytes,
  )} of ${bytes(lines.maxBytes)}). It holds nothing that the exporters would not send.</p>`;

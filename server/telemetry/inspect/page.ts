/** The page: one session when the filters name it, else the overview. It works without JavaScript. */
import { OUTCOMES } from "../conventions.ts";
import { bytes, clock, duration, significant } from "./format.ts";
import { type Html, html, type Value } from "./html.ts";
import { type Grafana, pageUrl } from "./links.ts";
import { isStateless, shortened } from "./session-id.ts";
import { copyable, requestsTable, sessionFacts, sessionsTable, toolsTable } from "./tables.ts";
import { MAX_REQUESTS_OF_SESSION, type View } from "./view.ts";
import type { Waterfall } from "./waterfall.ts";
import { waterfallTable } from "./waterfall-table.ts";

export function page(view: View, grafana: Grafana | undefined): string {
  const { service, filters, known } = view;
  const json = pageUrl(filters, "/inspect.json");
  const sessions = known.sessions.map(({ id, client = "" }) => [
    id,
    isStateless(id) ? id : `${shortened(id)} ${client}`,
  ]);
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
<label>Tool ${choice("tool", filters.tool, labelsOf(known.tools))}</label>
<label>Outcome ${choice("outcome", filters.outcome, labelsOf(OUTCOMES))}</label>
<label>Session ${choice("session", filters.session, Object.fromEntries(sessions))}</label>
<button>Apply</button>${Object.values(filters).some(Boolean) && html`<a href="/inspect">Clear</a>`}
</form>
<main id="content" tabindex="-1">${view.waterfall === undefined ? overview(view, grafana) : sessionPage(view, view.waterfall, grafana)}</main>
<footer>${memoryUse(view)}</footer>
</body>
</html>`}\n`;
}

const overview = (view: View, grafana: Grafana | undefined): Html => html`
<h1 class="hidden">Inspector of ${view.service}</h1>
<div id="first" data-live>${view.known.sessions.length === 0 && firstCall(view.endpoint)}</div>
${section("tools", "Tools", `last ${duration(view.windowMs)}`, toolsTable(view, grafana))}
${section("sessions", "Sessions", "newest first", sessionsTable(view))}
${section("requests", "Requests", "newest first", requestsTable(view))}`;

const firstCall = (endpoint: string | undefined): Html =>
  endpoint === undefined
    ? html`<p class="first">No request has arrived yet. Connect an MCP client to this server and call a tool: it appears here at once.</p>`
    : html`<p class="first">No request has arrived yet. Connect an MCP client to <code>${endpoint}</code>, or send the first one from a terminal:</p>
<p class="first">${copyable(`npx @modelcontextprotocol/inspector --cli ${endpoint} --transport http --method tools/list`)}</p>`;

function sessionPage(view: View, rows: Waterfall, grafana: Grafana | undefined): Html {
  const session = view.sessions[0];
  const { requests = 0 } = session ?? {};
  const note = requests > MAX_REQUESTS_OF_SESSION && `the newest ${MAX_REQUESTS_OF_SESSION} requests`;
  return html`
<div class="title"><a href="${pageUrl({ ...view.filters, session: "" })}">← All sessions</a>
<h1>${isStateless(view.filters.session) ? "Calls of" : "Session"} <code class="id">${view.filters.session}</code></h1></div>
${session === undefined ? html`<p class="none">Nothing that matches the filters is recorded of this session.</p>` : sessionFacts(session, view.at, grafana)}
${section("waterfall", "Waterfall", note, waterfallTable(rows))}
${section("tools", "Tools", `last ${duration(view.windowMs)}`, toolsTable(view, grafana))}`;
}

const section = (id: string, title: string, note: Value, content: Html): Html => html`
<section id="${id}" aria-labelledby="${id}-title" data-live>
<h2 id="${id}-title">${title} <small>${note}</small></h2>
${content}
</section>`;

/** @param labels the labels by value; the chosen value is added when it is missing */
const choice = (name: string, chosen: string, labels: Readonly<Record<string, string>>): Html => {
  const all = { "": "all", ...(chosen !== "" && { [chosen]: chosen }), ...labels };
  const options = Object.entries(all).map(
    ([value, label]) => html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`,
  );
  return html`<select name="${name}" id="${name}" data-live>${options}</select>`;
};

const labelsOf = (values: readonly string[]) => Object.fromEntries(values.map((value) => [value, value]));

const memoryUse = ({ held: { spans, lines } }: View): Html =>
  html`<p id="held" data-live>In memory, where the newest replace the oldest: ${significant(spans.count)} of ${spans.maxCount} spans (${bytes(
    spans.bytes,
  )} of ${bytes(spans.maxBytes)}), ${significant(lines.count)} of ${lines.maxCount} log lines (${bytes(
    lines.bytes,
  )} of ${bytes(lines.maxBytes)}). Only the content of spans and log lines is recorded.</p>`;

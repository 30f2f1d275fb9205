/** The overview's tables, and what is known of one session. */
import { type Html, html, type Value } from "./html.ts";
import { type Grafana, pageOf } from "./links.ts";
import { bytes, clock, dollars, duration, percent, significant } from "./looks.ts";
import type { Session } from "./sessions.ts";
import type { Bucket, ToolSignals } from "./signals.ts";
import type { View } from "./view.ts";

/** A column whose name starts with `#` holds numbers. */
export const table = (caption: string, columns: readonly string[], rows: readonly Html[]): Html => html`
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption class="hidden">${caption}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col"${name.startsWith("#") && html` class="n"`}>${name.replace("#", "")}</th>`)}</tr></thead>
<tbody>${rows.length > 0 ? rows : html`<tr><td class="none" colspan="${columns.length}">Nothing yet</td></tr>`}</tbody></table></div>`;

const n = (value: Value): Html => html`<td class="n">${value}</td>`;

export const outcomeOf = (outcome: string | undefined, errorClass?: string): Html =>
  html`<span class="outcome ${outcome ?? "unknown"}">${outcome ?? "not logged"}</span>${
    errorClass !== undefined && html` <span class="class">${errorClass}</span>`
  }`;

export const traceId = (id: string): Html =>
  html`<span class="copy"><code class="id">${id}</code><button type="button" data-copy="${id}">Copy</button></span>`;

const COLUMNS_OF_TOOLS = [
  "Tool",
  "#Calls",
  "Course",
  "#Per second",
  "#Errors",
  "#p50",
  "#p95",
  "#Slowest",
  "#Over budget",
  "#In",
  "#Out",
  "#Cost",
];

export const toolsTable = ({ tools, filters }: View, grafana: Grafana | undefined): Html =>
  table(
    "Golden signals of each tool",
    COLUMNS_OF_TOOLS,
    tools.map(
      (tool) =>
        html`<tr><th scope="row"><a href="${pageOf({ ...filters, tool: tool.tool })}">${tool.tool}</a>${
          grafana && html` <a class="out" href="${grafana.tool(tool.tool)}">board</a>`
        }</th>${n(tool.calls)}<td>${course(tool)}</td>${n(significant(tool.perSecond))}<td class="n${
          tool.errorRatio > 0 && " bad"
        }">${percent(tool.errorRatio)}</td>${n(duration(tool.p50Ms))}${n(duration(tool.p95Ms))}${n(duration(tool.maxMs))}${n(
          tool.overBudget || "",
        )}${n(bytes(tool.inputBytes))}${n(bytes(tool.outputBytes))}${n(dollars(tool.costUsd))}</tr>`,
    ),
  );

function course({ course, outcomes }: ToolSignals): Html {
  const most = Math.max(...course.map(({ calls }) => calls), 1);
  const bar = (count: number, i: number, kind: string) =>
    count > 0 &&
    html`<rect class="${kind}" x="${i * 4}" width="3" y="${20 - (count / most) * 20}" height="${(count / most) * 20}"/>`;
  const said = Object.entries(outcomes).filter(([, count]) => count > 0);
  return html`<svg class="course" viewBox="0 0 ${course.length * 4} 20" role="img" aria-label="${said
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(
      ", ",
    )}">${course.map(({ calls, errors }: Bucket, i) => [bar(calls, i, "calls"), bar(errors, i, "errors")])}</svg>`;
}

export const sessionsTable = ({ sessions, filters }: View): Html =>
  table(
    "Sessions",
    ["Session", "Client", "State", "Began", "#Lasted", "#Requests", "#Calls", "#Errors", "#Cost"],
    sessions.map(
      (
        session,
      ) => html`<tr><th scope="row"><a href="${pageOf({ ...filters, session: session.id })}"><code>${session.id}</code></a></th>
<td>${session.client}</td><td>${stateOf(session)}</td><td>${time(session.startedAt)}</td>${n(
        duration(session.lastAt - session.startedAt),
      )}${n(session.requests)}${n(session.toolCalls)}<td class="n${session.errors > 0 && " bad"}">${session.errors}</td>${n(
        dollars(session.costUsd),
      )}</tr>`,
    ),
  );

const stateOf = ({ endReason }: Session): Html =>
  endReason === undefined ? html`<span class="open">open</span>` : html`<span class="ended">${endReason}</span>`;

export const time = (at: number, digits: 0 | 3 = 0): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${clock(at, digits)}</time>`;

export const requestsTable = ({ requests, filters }: View): Html =>
  table(
    "The newest requests",
    ["At", "Request", "Outcome", "#Duration", "#In", "#Out", "#Cost", "Session", "Trace"],
    requests.map(
      (request) =>
        html`<tr><td>${time(request.at, 3)}</td><th scope="row"><a href="${pageOf({
          ...filters,
          session: request.session,
        })}#s${request.spanId}">${request.name}</a></th><td>${outcomeOf(request.outcome, request.errorClass)}</td>${n(
          duration(request.durationMs),
        )}${n(bytes(request.inputBytes))}${n(bytes(request.outputBytes))}${n(dollars(request.costUsd))}<td><code>${request.session.slice(
          0,
          8,
        )}</code></td><td>${request.traceId !== undefined && traceId(request.traceId)}</td></tr>`,
    ),
  );

export const sessionFacts = (session: Session, grafana: Grafana | undefined): Html => html`
<div id="facts" data-live><dl class="facts">${[
  fact("Client", session.client),
  fact("User", session.user),
  fact("Protocol", session.protocol),
  fact("State", stateOf(session)),
  fact("Began", time(session.startedAt)),
  fact("Lasted", duration(session.lastAt - session.startedAt)),
  fact("Requests", `${session.requests}, ${session.toolCalls} of them tool calls`),
  fact("Errors", session.errors),
  fact("Cost", dollars(session.costUsd) || "–"),
  session.traceIds
    .slice(-1)
    .map((id) => [
      fact(session.traceIds.length > 1 ? `Newest of ${session.traceIds.length} traces` : "Trace", traceId(id)),
      grafana &&
        fact(
          "Grafana",
          html`<a href="${grafana.session(session.id)}">session</a> <a href="${grafana.trace(id)}">trace</a>`,
        ),
    ]),
]}</dl></div>`;

const fact = (name: string, value: Value): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

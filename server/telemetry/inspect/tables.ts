/** The tables of the page, and the facts of one session. */
import { bytes, clock, dollars, duration, percent, significant } from "./format.ts";
import { type Html, html, type Value } from "./html.ts";
import { type Grafana, pageUrl } from "./links.ts";
import type { Request } from "./requests.ts";
import { isStateless, shortened } from "./session-id.ts";
import type { Session } from "./sessions.ts";
import type { ToolSignals } from "./signals.ts";
import type { View } from "./view.ts";

/** The columns by name. `*` before a name marks the column that identifies the row, `#` a column of numbers. */
type Columns<T> = Readonly<Record<string, (item: T) => Value>>;

const table = <T>(caption: string, items: readonly T[], columns: Columns<T>): Html =>
  tableFrame(
    caption,
    Object.keys(columns),
    items.map((item) => html`<tr>${Object.entries(columns).map(([name, value]) => cell(name, value(item)))}</tr>`),
  );

const cell = (name: string, value: Value): Html => {
  if (name.startsWith("*")) return html`<th scope="row">${value}</th>`;
  return html`<td${name.startsWith("#") && html` class="n"`}>${value}</td>`;
};

export const tableFrame = (caption: string, columns: readonly string[], rows: readonly Html[]): Html => html`
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<thead><tr>${columns.map((name) => html`<th scope="col"${name.startsWith("#") && html` class="n"`}>${name.replace(/^[*#]/, "")}</th>`)}</tr></thead>
<tbody>${rows.length > 0 ? rows : html`<tr><td class="none" colspan="${columns.length}">Nothing yet</td></tr>`}</tbody>
</table></div>`;

export const toolsTable = ({ tools, filters }: View, grafana: Grafana | undefined): Html =>
  table("Golden signals of each tool", tools, {
    "*Tool": ({ tool }) =>
      html`<a href="${pageUrl({ ...filters, tool })}">${tool}</a>${
        grafana && html` <a class="out" href="${grafana.tool(tool)}">board ↗</a>`
      }`,
    "#Calls": ({ calls }) => calls,
    "5 minutes": callChart,
    "#Per second": ({ perSecond }) => significant(perSecond),
    "#Errors": ({ calls, outcomes: { error } }) => bad(error, percent(error / calls)),
    "#p50": ({ p50Ms }) => duration(p50Ms),
    "#p95": ({ p95Ms }) => duration(p95Ms),
    "#Slowest": ({ maxMs }) => duration(maxMs),
    "#Over budget": ({ overBudget }) => bad(overBudget, overBudget),
    "#In": ({ inputBytes }) => bytes(inputBytes),
    "#Out": ({ outputBytes }) => bytes(outputBytes),
    "#Cost": ({ costUsd }) => dollars(costUsd),
    "#Definition": ({ definitionBytes }) => bytes(definitionBytes),
  });

const bad = (count: number, text: Value): Html => html`<span${count > 0 && html` class="bad"`}>${text}</span>`;

function callChart({ course, outcomes }: ToolSignals): Html {
  const most = Math.max(...course.map(({ calls }) => calls), 1);
  const bar = (kind: string, count: number, i: number) => {
    const height = (count / most) * 20;
    return count > 0 && html`<rect class="${kind}" x="${i * 4}" width="3" y="${20 - height}" height="${height}"/>`;
  };
  const summary = Object.entries(outcomes).flatMap(([outcome, count]) => (count > 0 ? `${count} ${outcome}` : []));
  return html`<svg class="course" viewBox="0 0 ${course.length * 4} 20" role="img" aria-label="${summary.join(", ")}">${course.map(
    ({ calls, errors }, i) => [bar("calls", calls, i), bar("errors", errors, i)],
  )}</svg>`;
}

export const sessionsTable = ({ sessions, filters, at }: View): Html =>
  table("Sessions", sessions, {
    "*Session": ({ id }) => html`<a href="${pageUrl({ ...filters, session: id })}"><code>${id}</code></a>`,
    Client: ({ client }) => client,
    State: (session) => stateOf(session, at),
    Began: ({ startedAt }) => time(startedAt),
    "#Lasted": lasted,
    "#Requests": ({ requests }) => requests,
    "#Calls": ({ toolCalls }) => toolCalls,
    "#Errors": ({ errors }) => bad(errors, errors),
    "#Cost": ({ costUsd }) => dollars(costUsd),
  });

export const requestsTable = ({ requests, filters }: View): Html =>
  table("The newest requests", requests, {
    At: ({ at }) => time(at),
    "*Request": ({ name, session, spanId }) =>
      html`<a href="${pageUrl({ ...filters, session })}#s${spanId}">${name}</a>`,
    Outcome: outcomeOf,
    "#Duration": ({ durationMs }) => duration(durationMs),
    "#In": ({ inputBytes }) => bytes(inputBytes),
    "#Out": ({ outputBytes }) => bytes(outputBytes),
    "#Cost": ({ costUsd }) => dollars(costUsd),
    Session: ({ session }) => html`<code>${shortened(session)}</code>`,
    Trace: ({ traceId }) => traceId && copyable(traceId),
  });

const time = (at: number): Html => {
  const exact = new Date(at).toISOString();
  return html`<time datetime="${exact}" title="${exact}">${clock(at)}</time>`;
};

const stateOf = ({ id, endReason, startedAt }: Session, at: number): Value => {
  if (isStateless(id)) return "no session";
  if (endReason !== undefined) return html`<span class="ended">${endReason}</span>`;
  return html`<span class="open">open for ${duration(at - startedAt)}</span>`;
};

/** @returns nothing for an open session */
const lasted = ({ id, endReason, startedAt, lastAt }: Session): Value =>
  (endReason !== undefined || isStateless(id)) && duration(lastAt - startedAt);

export const outcomeOf = ({ outcome, errorClass, reason }: Pick<Request, "outcome" | "errorClass" | "reason">) =>
  html`<span class="outcome ${outcome}">${outcome ?? "not logged"}</span> ${errorClass && html`<span class="bad">· ${errorClass}</span>`}${
    reason && html`· ${reason}`
  }`;

export const copyable = (id: string): Html =>
  html`<span class="copy"><code class="id">${id}</code><button type="button" data-copy="${id}">Copy</button></span>`;

export function sessionFacts(session: Session, at: number, grafana: Grafana | undefined): Html {
  const { id, startedAt, requests, toolCalls, errors, costUsd, traceIds } = session;
  const trace = traceIds.at(-1);
  const facts: Readonly<Record<string, Value>> = {
    Client: session.client,
    User: session.user,
    Protocol: session.protocol,
    State: stateOf(session, at),
    Began: time(startedAt),
    Lasted: lasted(session),
    Requests: `${requests}, ${toolCalls} of them tool calls`,
    Errors: bad(errors, errors),
    Cost: dollars(costUsd),
    [traceIds.length > 1 ? `Newest of ${traceIds.length} traces` : "Trace"]: trace && copyable(trace),
    Grafana:
      grafana &&
      html`${!isStateless(id) && html`<a href="${grafana.session(id)}">session ↗</a> `}${trace && html`<a href="${grafana.trace(trace)}">trace ↗</a>`}`,
  };
  return html`<dl class="facts" id="facts" data-live>${Object.entries(facts).map(
    ([name, value]) => value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

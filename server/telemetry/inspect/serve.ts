/**
 * The inspector on the operator's listener: `/inspect`, `/inspect.json`, and what the page loads. Answers only this
 * machine (a loopback peer that names a loopback `Host`), whatever the listener is bound to, and only reads.
 */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { grafanaAt } from "./links.ts";
import { page } from "./page.ts";
import type { Recorder } from "./recorder.ts";
import { type Filters, viewOf } from "./view.ts";

/** @returns whether the path is one of its own, and answered */
export type Inspector = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

type Route = (query: URLSearchParams) => readonly [type: string, body: string];

/** @param grafana where Grafana is; undefined: the page does not link to it */
export function inspector(recorder: Recorder, service: string, grafana: string | undefined): Inspector {
  const [css, script] = ["page.css", "page.js"].map((name) => readFileSync(new URL(name, import.meta.url), "utf8"));
  const links = grafana === undefined ? undefined : grafanaAt(grafana);
  const view = (query: URLSearchParams) => viewOf(recorder, service, filtersIn(query));
  const routes = new Map<string, Route>([
    ["/inspect", (query) => ["text/html", page(view(query), links)]],
    ["/inspect.json", (query) => ["application/json", JSON.stringify(view(query))]],
    ["/inspect/page.css", () => ["text/css", css ?? ""]],
    ["/inspect/page.js", () => ["text/javascript", script ?? ""]],
  ]);
  let restUntil = 0;
  const stream = liveStream(recorder, () => performance.now() < restUntil);

  return (request, response, { pathname, searchParams }) => {
    if (!/^\/inspect([./]|$)/.test(pathname)) return false;
    const answer = (status: number, body: string, type = "text/plain") =>
      response.writeHead(status, { ...HEADERS, "content-type": `${type}; charset=utf-8` }).end(body);
    const route = routes.get(pathname);
    if (!isLoopback(request)) answer(403, "the inspector answers the machine it runs on, by a loopback name\n");
    else if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      answer(405, "the inspector only reads\n");
    } else if (pathname === "/inspect/live") stream(request, response);
    else if (route === undefined) answer(404, "here are /inspect and /inspect.json\n");
    else {
      const startedAt = performance.now();
      try {
        const [type, body] = route(searchParams);
        answer(200, body, type);
      } catch {
        answer(500, "what is held could not be shown\n");
      }
      const endedAt = performance.now();
      restUntil = Math.max(restUntil, endedAt) + (endedAt - startedAt) * REST;
    }
    return true;
  };
}

const isLoopback = ({ socket, headers }: IncomingMessage): boolean =>
  /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? "") &&
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(headers.host ?? "");

const filtersIn = (query: URLSearchParams): Filters => ({
  tool: query.get("tool") ?? "",
  outcome: query.get("outcome") ?? "",
  session: query.get("session") ?? "",
  text: query.get("q") ?? "",
});

const MAX_STREAMS = 16;
const LOOK_MS = 1000;
/** What is shown takes time from the calls: so many times as long, nobody is told to look again. */
const REST = 40;

/** Server-sent events: one when there is something new, at most one a second. Calls do not know of it. */
function liveStream({ spans, lines }: Recorder, rests: () => boolean) {
  let open = 0;
  return (request: IncomingMessage, response: ServerResponse): void => {
    const full = open >= MAX_STREAMS;
    response.writeHead(full ? 503 : 200, { ...HEADERS, "content-type": "text/event-stream" });
    if (full || request.method === "HEAD") {
      response.end();
      return;
    }
    open += 1;
    request.socket.unref();
    let told = -1;
    const tell = () => {
      const now = spans.pushed + lines.pushed;
      if (now === told || rests()) return;
      response.write(`data: ${now}\n\n`);
      told = now;
    };
    const timer = setInterval(tell, LOOK_MS).unref();
    tell();
    response.once("close", () => {
      clearInterval(timer);
      open -= 1;
    });
  };
}

/**
 * Serves the inspector on the metrics listener: `/inspect`, `/inspect.json`, `/inspect/mcp`, and the page's files and events.
 * It answers only loopback peers that send a loopback `Host`, whatever address the listener has.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { CSS, SCRIPT } from "./assets.ts";
import { grafanaAt } from "./links.ts";
import { mcpEndpoint } from "./mcp-endpoint.ts";
import { page } from "./page.ts";
import type { Recorder } from "./recorder.ts";
import { type Filters, type Source, viewOf } from "./view.ts";

/** @returns whether it has answered the request; false for other paths */
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

/** @param grafana the base URL of Grafana; without it, the page has no links to Grafana */
export function inspector(source: Source, grafana: string | undefined): Inspector {
  const links = grafana === undefined ? undefined : grafanaAt(grafana);
  const view = (query: URLSearchParams) => viewOf(source, filtersIn(query));
  const routes = new Map<string, Route>([
    ["/inspect", (query) => ["text/html", page(view(query), links)]],
    ["/inspect.json", (query) => ["application/json", JSON.stringify(view(query))]],
    ["/inspect/page.css", () => ["text/css", CSS]],
    ["/inspect/page.js", () => ["text/javascript", SCRIPT]],
  ]);
  const mcp = mcpEndpoint(source);
  let pausedUntil = 0;
  const stream = liveStream(source.recorder, () => performance.now() < pausedUntil);

  return (request, response, { pathname, searchParams }) => {
    if (!/^\/inspect([./]|$)/.test(pathname)) return false;
    const answer = (status: number, body: string, type = "text/plain") =>
      response.writeHead(status, { ...HEADERS, "content-type": `${type}; charset=utf-8` }).end(body);
    const route = routes.get(pathname);
    if (!isLoopback(request)) answer(403, "the inspector answers only this machine: use localhost or 127.0.0.1\n");
    else if (pathname === "/inspect/mcp") void mcp(request, response, HEADERS);
    else if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      answer(405, "use GET or HEAD\n");
    } else if (pathname === "/inspect/live") stream(request, response);
    else if (route === undefined) answer(404, "not found: the inspector has /inspect and /inspect.json\n");
    else {
      const startedAt = performance.now();
      try {
        const [type, body] = route(searchParams);
        answer(200, body, type);
      } catch {
        answer(500, "the recorded data could not be shown\n");
      }
      const endedAt = performance.now();
      pausedUntil = Math.max(pausedUntil, endedAt) + (endedAt - startedAt) * PAUSE_FACTOR;
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
const EVENT_INTERVAL_MS = 1000;
/** Building a page blocks calls. The next event waits for this many times as long as the page took. */
const PAUSE_FACTOR = 40;

/** Sends an event when something was recorded, at most once per interval. */
function liveStream({ spans, lines }: Recorder, paused: () => boolean) {
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
    let lastSent = -1;
    const sendIfNew = () => {
      const pushed = spans.pushed + lines.pushed;
      if (pushed === lastSent || paused()) return;
      response.write(`data: ${pushed}\n\n`);
      lastSent = pushed;
    };
    const timer = setInterval(sendIfNew, EVENT_INTERVAL_MS).unref();
    sendIfNew();
    response.once("close", () => {
      clearInterval(timer);
      open -= 1;
    });
  };
}

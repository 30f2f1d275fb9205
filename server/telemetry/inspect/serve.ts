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

const LOOPBACK_PEER = /^(::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** @param grafana where Grafana is; undefined: the page does not link to it */
export function inspector(recorder: Recorder, service: string, grafana: string | undefined): Inspector {
  const file = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "/inspect/page.css": ["text/css", file("page.css")],
    "/inspect/page.js": ["text/javascript", file("page.js")],
  };
  const links = grafana === undefined ? undefined : grafanaAt(grafana);
  const stream = liveStream(recorder);

  return (request, response, { pathname, searchParams }) => {
    if (!/^\/inspect([./]|$)/.test(pathname)) return false;
    const answer = (status: number, type: string, body: string) =>
      response.writeHead(status, { ...HEADERS, "content-type": `${type}; charset=utf-8` }).end(body);
    const { remoteAddress = "" } = request.socket;
    const { host = "" } = request.headers;
    const [type, body] = files[pathname] ?? [];
    if (!LOOPBACK_PEER.test(remoteAddress) || !LOOPBACK_HOST.test(host)) {
      answer(403, "text/plain", "the inspector answers the machine it runs on, by a loopback name\n");
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      answer(405, "text/plain", "the inspector only reads\n");
    } else if (type !== undefined && body !== undefined) answer(200, type, body);
    else if (pathname === "/inspect/live") stream(request, response);
    else if (pathname === "/inspect.json") {
      answer(200, "application/json", JSON.stringify(viewOf(recorder, service, filtersIn(searchParams))));
    } else if (pathname === "/inspect") {
      answer(200, "text/html", page(viewOf(recorder, service, filtersIn(searchParams)), links));
    } else answer(404, "text/plain", "here are /inspect and /inspect.json\n");
    return true;
  };
}

const filtersIn = (query: URLSearchParams): Filters => ({
  tool: query.get("tool") ?? "",
  outcome: query.get("outcome") ?? "",
  session: query.get("session") ?? "",
  text: query.get("q") ?? "",
});

const MAX_STREAMS = 16;
const LOOK_MS = 1000;

/** Server-sent events: one when there is something new, at most one a second. Calls do not know of it. */
function liveStream({ spans, lines }: Recorder) {
  let open = 0;
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (open >= MAX_STREAMS) {
      response.writeHead(503, HEADERS).end();
      return;
    }
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    open += 1;
    request.socket.unref();
    let told = -1;
    const tell = () => {
      const now = spans.pushed + lines.pushed;
      if (now !== told) response.write(`data: ${now}\n\n`);
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

/**
 * The metrics listener: `/metrics`, `/healthz` (the process is alive) and `/readyz` (it accepts
 * requests). It has a port of its own, so that it can be closed to MCP's callers.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIP } from "node:net";
import type { OperatorDenial } from "../conventions.ts";
import type { Inspector } from "../inspect/serve.ts";
import { listen } from "../listen.ts";
import { exposition } from "../metrics/exposition.ts";
import type { MetricsRegistry } from "../metrics/registry.ts";
import type { DebugEndpoint } from "./debug-endpoint.ts";

interface ListenerOptions {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Names that the header `Host` may have, beside IP addresses. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly ready: () => boolean;
  /** Called for each request with a wrong `Host` or admin token. */
  readonly denied?: (reason: OperatorDenial) => void;
  readonly debugEndpoint?: DebugEndpoint | undefined;
  readonly inspector?: Inspector | undefined;
}

/** How long the answer to a wrong admin token is held back. */
const WRONG_TOKEN_MS = 1000;

/** @throws {BootError} when the port is taken */
export async function listenForScrapes(registry: MetricsRegistry, options: ListenerOptions): Promise<Server> {
  const { ready, debugEndpoint, inspector, denied = () => {} } = options;
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    if (url === null) return reply(response, 400, "bad request: the path is not valid\n");
    if (!isAllowed(request.headers.host, options.allowedHosts)) {
      denied("host");
      return reply(response, 403, "forbidden: METRICS_ALLOWED_HOSTS does not have the name in the header Host\n");
    }
    if (inspector?.(request, response, url)) return;
    const debugReply = debugEndpoint?.(request, url);
    if (debugReply?.[0] === 401) {
      denied("token");
      setTimeout(() => reply(response, ...debugReply), WRONG_TOKEN_MS);
    } else if (debugReply !== undefined) reply(response, ...debugReply);
    else if (url.pathname === "/healthz") reply(response, 200, "alive\n");
    else if (url.pathname === "/readyz") reply(response, ready() ? 200 : 503, ready() ? "ready\n" : "not ready\n");
    else if (url.pathname === "/metrics") void scrape(registry, request, response);
    else reply(response, 404, "not found: this listener has /metrics, /healthz and /readyz\n");
  });
  server.unref();
  await listen(server, { ...options, variables: { host: "METRICS_HOST", port: "METRICS_PORT" } });
  return server;
}

/** A web page that has its name resolve to this address sends that name. It cannot send an IP address. */
function isAllowed(host: string | undefined, allowed: ReadonlySet<string>): boolean {
  const name = URL.parse(`http://${host ?? ""}`)?.hostname.replace(/^\[|\]$/g, "");
  return name !== undefined && (isIP(name) !== 0 || allowed.has(name));
}

async function scrape(
  registry: MetricsRegistry,
  { headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { body, contentType } = await exposition(registry, headers.accept);
    reply(response, 200, body, contentType);
  } catch {
    reply(response, 500, "metrics could not be collected\n");
  }
}

function reply(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", vary: "accept" }).end(body);
}

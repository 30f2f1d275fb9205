/**
 * The metrics listener: `/metrics`, `/healthz` (the process is alive) and `/readyz` (it accepts
 * requests). It has a port of its own, so that it can be closed to MCP's callers.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Inspector } from "../inspect/serve.ts";
import { listen } from "../listen.ts";
import { exposition } from "../metrics/exposition.ts";
import type { MetricsRegistry } from "../metrics/registry.ts";
import type { DebugEndpoint } from "./debug-endpoint.ts";

interface ListenerOptions {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  readonly ready: () => boolean;
  readonly debugEndpoint?: DebugEndpoint | undefined;
  readonly inspector?: Inspector | undefined;
}

/** @throws {BootError} when the port is taken */
export async function listenForScrapes(registry: MetricsRegistry, options: ListenerOptions): Promise<Server> {
  const { ready, debugEndpoint, inspector } = options;
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    if (url === null) return reply(response, 400, "bad request: the path is not valid\n");
    if (inspector?.(request, response, url)) return;
    const debugReply = debugEndpoint?.(request, url);
    if (debugReply !== undefined) reply(response, ...debugReply);
    else if (url.pathname === "/healthz") reply(response, 200, "alive\n");
    else if (url.pathname === "/readyz") reply(response, ready() ? 200 : 503, ready() ? "ready\n" : "not ready\n");
    else if (url.pathname === "/metrics") void scrape(registry, request, response);
    else reply(response, 404, "not found: this listener has /metrics, /healthz and /readyz\n");
  });
  server.unref();
  await listen(server, { ...options, variables: { host: "METRICS_HOST", port: "METRICS_PORT" } });
  return server;
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

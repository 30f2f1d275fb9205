/** The demo's downstream service: an HTTP API, `GET /items/:sku`, with a database behind it. */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { trace } from "@opentelemetry/api";
import { listenHost, port, readVariables, variable } from "mcp-telemetry/environment";
import { listen, urlOf } from "mcp-telemetry/listen";
import { explainAndExit } from "../../../server/shutdown.ts";
import { onEndSignal } from "../../../server/signals.ts";
import { endOnCrash, startProcess } from "../service-process.ts";
import { Faults } from "./faults.ts";
import { openCatalog } from "./items.ts";

const ROUTE = "/items/:sku";
const VARIABLES = {
  host: variable("CATALOG_HOST", listenHost.default("127.0.0.1"), "address on which it listens"),
  port: variable("CATALOG_PORT", port.default(3002), "port on which it listens"),
};

try {
  const { host, port } = readVariables(VARIABLES, process.env);
  const service = await startProcess({ metrics: true });
  const { logger, exit } = service;
  endOnCrash(service);
  const find = openCatalog();

  const faults = new Faults();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (faults.control(request, response)) return;
    const startedAt = performance.now();
    const sku = skuIn(request.url ?? "");
    if (sku === undefined) return answer(response, 404, { error: `the only route is ${ROUTE}` });
    if (request.method !== "GET") return answer(response, 405, { error: "the only method is GET" }, { allow: "GET" });
    trace.getActiveSpan()?.updateName(`${request.method} ${ROUTE}`).setAttribute("http.route", ROUTE);
    if (!(await faults.apply(response))) {
      const item = find(sku);
      answer(response, item === undefined ? 404 : 200, item ?? { error: "no such item" });
    }
    logger.info(
      { route: ROUTE, status: response.statusCode, duration_ms: Math.round(performance.now() - startedAt) },
      "request",
    );
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((err) => {
      logger.error({ err }, "request failed");
      if (response.headersSent) response.destroy();
      else answer(response, 500, { error: "internal error" });
    });
  });
  await listen(server, { host, port, variables: { host: "CATALOG_HOST", port: "CATALOG_PORT" } });
  logger.info({ url: urlOf(server, host) }, "listening");
  onEndSignal(() => {
    server.close(() => void exit(0));
    server.closeIdleConnections();
  });
} catch (error) {
  await explainAndExit(error);
}

/** @returns undefined when the URL is not that of an item */
function skuIn(url: string): string | undefined {
  const sku = /^\/items\/([^/?]+)$/.exec(url)?.[1];
  try {
    return sku && decodeURIComponent(sku);
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

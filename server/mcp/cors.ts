/**
 * CORS: lets pages of the allowed origins read the answers, refusals too. An origin that is not allowed gets no such
 * header. Cookies are not used, so credentials are not allowed.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { METHODS } from "./guards.ts";

/** What a page may read beside the headers that every page may. */
const EXPOSED = "Mcp-Session-Id, WWW-Authenticate, Retry-After";
const PREFLIGHT_SECONDS = "3600";

/**
 * Call it when the origin was checked.
 *
 * @returns whether it answered: a browser asks by a preflight request before it sends the real one
 */
export function handleCors({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = headers;
  if (origin === undefined) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", EXPOSED);
  response.setHeader("vary", "Origin");
  if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return false;
  response.writeHead(204, {
    vary: "Origin, Access-Control-Request-Headers",
    "access-control-allow-methods": [...METHODS].join(", "),
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "",
    "access-control-max-age": PREFLIGHT_SECONDS,
  });
  response.end();
  return true;
}

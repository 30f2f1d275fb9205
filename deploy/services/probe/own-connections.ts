/**
 * `fetch` over connections of its own, one set for each probe: kept alive within it, so that a session stays with the
 * replica that opened it, and never shared with the next one. Node's own `fetch` keeps connections in a pool for the
 * whole process: a probe would go on talking to the backend that it met first, whatever new clients meet.
 */
import * as http from "node:http";
import * as https from "node:https";
import { Readable } from "node:stream";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

const BODILESS = new Set([204, 205, 304]);

export class OwnConnections {
  readonly #agents = { "http:": new http.Agent({ keepAlive: true }), "https:": new https.Agent({ keepAlive: true }) };

  /** Follows no redirect. Bodies are texts, because MCP sends no others. */
  readonly fetch: FetchLike = (input, init = {}) => {
    const url = new URL(input);
    const options: http.RequestOptions = {
      agent: url.protocol === "https:" ? this.#agents["https:"] : this.#agents["http:"],
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.signal && { signal: init.signal }),
    };
    const { request } = url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      request(url, options)
        .once("response", (answer) => resolve(asResponse(answer)))
        // Stays, so that an error after the answer began is no uncaught one: the body tells it too.
        .on("error", reject)
        .end(init.body);
    });
  };

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

function asResponse(answer: http.IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
  if (!BODILESS.has(status)) return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
}

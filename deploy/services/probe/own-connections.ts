/**
 * A `fetch` with its own connection pool, one for each probe. Connections are kept alive during a probe, so that its
 * session stays on the replica that opened it. The next probe opens new ones, as a new client would. Node's `fetch` has
 * one pool for the whole process: with it, every probe would reach the replica of the first one.
 */
import * as http from "node:http";
import * as https from "node:https";
import { Readable } from "node:stream";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ProbeFailure } from "./failure.ts";

const BODILESS = new Set([204, 205, 304]);

export class OwnConnections {
  readonly #agents = { "http:": new http.Agent({ keepAlive: true }), "https:": new https.Agent({ keepAlive: true }) };

  /** Does not follow redirects. Sends text bodies only; MCP needs no others. */
  readonly fetch: FetchLike = async (input, init = {}) => {
    const url = new URL(input);
    const options: http.RequestOptions = {
      agent: url.protocol === "https:" ? this.#agents["https:"] : this.#agents["http:"],
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.signal && { signal: init.signal }),
    };
    const { request } = url.protocol === "https:" ? https : http;
    const message = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request(url, options)
        .once("response", resolve)
        // The error listener stays after the response: a later error without a listener would end the process. The body
        // reports that error too.
        .on("error", reject)
        .end(init.body);
    });
    return asResponse(message);
  };

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

/** @throws {ProbeFailure} for a status that HTTP does not have, such as 999 */
function asResponse(message: http.IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) throw new ProbeFailure("protocol", `HTTP ${status}, which is no valid status`);
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) headers.set(name, String(value));
  if (!BODILESS.has(status)) return new Response(Readable.toWeb(message) as ReadableStream, { status, headers });
  message.resume();
  return new Response(null, { status, headers });
}

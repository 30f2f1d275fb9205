/** The catalog's faults: on for a while after `PUT /fault?mode=…&seconds=…`, off by `DELETE /fault`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const MODES = ["fail", "slow", "rate_limit", "garbage"] as const;
type Mode = (typeof MODES)[number];

const SLOW_MS = 1500;
const MAX_SECONDS = 3600;

export class Faults {
  #mode: Mode | undefined;
  /** Monotonic, in milliseconds. */
  #until = 0;

  /** Handles a request to `/fault`. @returns false for any other */
  control(request: IncomingMessage, response: ServerResponse): boolean {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    if (url?.pathname !== "/fault") return false;
    const mode = MODES.find((known) => known === url.searchParams.get("mode"));
    const seconds = Number(url.searchParams.get("seconds") ?? 60);
    if (request.method === "DELETE") this.#until = 0;
    else if (request.method === "PUT" && mode !== undefined && seconds > 0 && seconds <= MAX_SECONDS) {
      this.#mode = mode;
      this.#until = performance.now() + seconds * 1000;
    } else {
      response.writeHead(400).end(`PUT /fault?mode=${MODES.join("|")}&seconds=1-${MAX_SECONDS}, or DELETE /fault\n`);
      return true;
    }
    response.writeHead(200).end();
    return true;
  }

  /** Applies the fault to a response. @returns whether the response was sent */
  async apply(response: ServerResponse): Promise<boolean> {
    if (performance.now() >= this.#until) return false;
    switch (this.#mode) {
      case "fail":
        response.writeHead(500).end();
        return true;
      case "rate_limit":
        response.writeHead(429, { "retry-after": "2" }).end();
        return true;
      case "garbage":
        response.writeHead(200, { "content-type": "application/json" }).end("<html>not the catalog</html>");
        return true;
      default:
        await sleep(SLOW_MS);
        return false;
    }
  }
}

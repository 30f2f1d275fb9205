/** The dependency of a run: an HTTP service with ten items, which fails on command. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const UPSTREAM_FAULTS = ["hang", "endless body", "redirect", "drop"] as const;
export type UpstreamFault = (typeof UPSTREAM_FAULTS)[number];

export const ITEMS = Array.from({ length: 10 }, (_, index) => ({ sku: `A-${index + 1}` }));

const ENDLESS = Buffer.alloc(64 * 1024, " ");

export class Upstream {
  #fault: UpstreamFault | undefined;
  #elsewhere = "";
  readonly #open = new Set<ServerResponse>();

  /** @returns its base URL */
  async listen(): Promise<string> {
    const other = createServer((_request, response) => {
      json(response, { sku: "of another service" });
    });
    this.#elsewhere = await listening(other);
    return listening(createServer((request, response) => this.#answer(request.url ?? "", response)));
  }

  /** @param fault undefined heals it */
  turn(fault: UpstreamFault | undefined): void {
    this.#fault = fault;
    for (const response of this.#open) response.destroy();
  }

  #answer(url: string, response: ServerResponse): void {
    this.#open.add(response);
    response.once("close", () => this.#open.delete(response));
    switch (this.#fault) {
      case "hang":
        return;
      case "endless body":
        endless(response);
        return;
      case "redirect":
        response.writeHead(302, { location: `${this.#elsewhere}${url}` }).end();
        return;
      case "drop":
        response.destroy();
        return;
    }
    const item = ITEMS.find(({ sku }) => url === `/items/${sku}`);
    if (item === undefined) response.writeHead(404).end();
    else json(response, item);
  }
}

const json = (response: ServerResponse, value: unknown) =>
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

function endless(response: ServerResponse): void {
  const write = () => {
    while (!response.destroyed && response.write(ENDLESS));
  };
  response.writeHead(200, { "content-type": "application/json" }).on("drain", write);
  write();
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

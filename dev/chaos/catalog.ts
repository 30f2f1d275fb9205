/** The dependency of a run: a catalog of ten items, which fails when it is told to. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const CATALOG_FAULTS = ["hang", "endless body", "redirect", "drop"] as const;
export type CatalogFault = (typeof CATALOG_FAULTS)[number];

export const ITEMS = Array.from({ length: 10 }, (_, index) => ({
  sku: `A-${index + 1}`,
  name: `item ${index + 1}`,
  price_usd: 9.5 + index,
  stock: 7 * index,
}));

const ENDLESS = Buffer.alloc(64 * 1024, " ");

export class Catalog {
  #fault: CatalogFault | undefined;
  #elsewhere = "";
  readonly #open = new Set<ServerResponse>();

  /** @returns its base URL */
  async listen(): Promise<string> {
    const other = createServer((_request, response) => {
      json(response, { sku: "none", name: "an item of another service", price_usd: 0, stock: 0 });
    });
    this.#elsewhere = await listening(other);
    return listening(createServer((request, response) => this.#answer(request.url ?? "", response)));
  }

  /** @param fault undefined heals it */
  turn(fault: CatalogFault | undefined): void {
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

/** The OTLP collector of a run: counts the spans it took, looks for the canary, and fails when it is told to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeSpanIds } from "../../test/support/trace-proto.ts";
import { canaryIn } from "./canary.ts";

export const COLLECTOR_FAULTS = ["refuse", "hang", "429", "503", "drip", "die"] as const;
export type CollectorFault = (typeof COLLECTOR_FAULTS)[number];

/** Of spans in exports that were answered 200. */
export interface Taken {
  /** By OTLP's kind: 1 internal, 2 server, 3 client. */
  readonly byKind: Readonly<Record<number, number>>;
  /** Taken more than once. */
  readonly duplicates: number;
  /** The largest export, in bytes. */
  readonly largest: number;
  /** What stood around the first canary. */
  readonly canary: string | undefined;
}

const DRIP_MS = 300;
const DRIPS = 8;

export class Collector {
  readonly #server: Server;
  readonly #held = new Set<ServerResponse>();
  readonly #ids = new Set<string>();
  readonly #byKind: Record<number, number> = {};
  #port = 0;
  #fault: CollectorFault | undefined;
  #duplicates = 0;
  #largest = 0;
  #canary: string | undefined;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response).catch(() => {}));
  }

  /** @returns its base URL, the same each time */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @param fault undefined heals it */
  async turn(fault: CollectorFault | undefined): Promise<void> {
    const refused = this.#fault === "refuse";
    this.#fault = fault;
    for (const response of this.#held) response.destroy();
    if (fault === "refuse") {
      this.#server.close();
      this.#server.closeAllConnections();
    } else if (refused) await this.listen();
  }

  taken(): Taken {
    return { byKind: this.#byKind, duplicates: this.#duplicates, largest: this.#largest, canary: this.#canary };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#fault === "die") {
      request.once("data", () => request.destroy());
      return;
    }
    const body = await bodyOf(request);
    this.#largest = Math.max(this.#largest, body.length);
    this.#canary ??= canaryIn(body);
    switch (this.#fault) {
      case "hang":
        this.#held.add(response);
        response.once("close", () => this.#held.delete(response));
        return;
      case "429":
      case "503":
        response.writeHead(Number(this.#fault), { "retry-after": "1" }).end();
        return;
      case "drip":
        response.writeHead(200, { "content-length": DRIPS });
        for (let drip = 1; drip < DRIPS && !response.destroyed; drip += 1) {
          response.write(" ");
          await sleep(DRIP_MS);
        }
        response.end(" ");
        break;
      default:
        response.writeHead(200).end();
    }
    response.once("finish", () => request.url === "/v1/traces" && this.#take(body));
  }

  #take(body: Buffer): void {
    for (const { id, kind } of decodeSpanIds(body)) {
      if (this.#ids.has(id)) this.#duplicates += 1;
      this.#ids.add(id);
      this.#byKind[kind] = (this.#byKind[kind] ?? 0) + 1;
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

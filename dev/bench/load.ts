/**
 * Generates load over real HTTP connections: opens sessions where the client has them, then calls one tool, either as fast as the server answers
 * or at a steady rate. It does not use the SDK's client, which costs more CPU time than the server.
 */
import { Agent, type OutgoingHttpHeaders, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "./process.ts";

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export const SMALL: ToolCall = { name: "add", arguments: { a: 2, b: 3 } };
export const DOWNSTREAM: ToolCall = { name: "lookup", arguments: { sku: "A-1" } };

/** The calls of one phase, as the client saw them. */
export interface Phase {
  readonly calls: number;
  readonly seconds: number;
  /** Milliseconds from request to response, ascending. */
  readonly latencies: readonly number[];
}

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const VERSION = "2025-11-25";
const INITIALIZE = {
  protocolVersion: VERSION,
  capabilities: {},
  clientInfo: { name: "bench", version: "1.0.0" },
};

const REVISION = "2026-07-28";
const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": REVISION,
  "io.modelcontextprotocol/clientInfo": INITIALIZE.clientInfo,
  "io.modelcontextprotocol/clientCapabilities": {},
};

export class LoadGenerator {
  readonly sessions: string[] = [];
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #stateless: boolean;
  #next = 0;
  #id = 1;
  #sent = 0;

  constructor({ url, variant }: Pick<Server, "url" | "variant">, connections = 50) {
    this.#url = url;
    this.#stateless = variant.stateless ?? false;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Opens sessions until `count` are open. Without sessions it does nothing. */
  async open(count: number): Promise<void> {
    if (this.#stateless) return;
    while (this.sessions.length < count) {
      const batch = Math.min(20, count - this.sessions.length);
      await Promise.all(Array.from({ length: batch }, () => this.#open()));
    }
  }

  /** Calls as fast as the server answers. @param concurrency calls in flight at any time */
  async saturate(call: ToolCall, ms: number, concurrency = 50): Promise<Phase> {
    const latencies: number[] = [];
    const start = performance.now();
    const worker = async () => {
      while (performance.now() - start < ms) latencies.push(await this.#call(call));
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return phase(latencies, start);
  }

  /** Calls at a steady rate, without waiting for earlier answers. @param perSecond above 0 */
  async pace(call: ToolCall, ms: number, perSecond: number): Promise<Phase> {
    const latencies: number[] = [];
    const calls: Promise<unknown>[] = [];
    const start = performance.now();
    for (let now = start; now - start < ms; now = performance.now()) {
      const due = ((now - start) / 1000) * perSecond;
      while (calls.length < due) calls.push(this.#call(call).then((latency) => latencies.push(latency)));
      await sleep(1);
    }
    await Promise.all(calls);
    return phase(latencies, start);
  }

  async once(call: ToolCall): Promise<void> {
    await this.#call(call);
  }

  /** Number of messages sent so far. */
  sent(): number {
    return this.#sent;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #open(): Promise<void> {
    const { headers } = await this.#post({ id: this.#id++, method: "initialize", params: INITIALIZE });
    const session = String(headers["mcp-session-id"]);
    await this.#post({ method: "notifications/initialized" }, session);
    this.sessions.push(session);
  }

  /** @returns milliseconds */
  async #call(params: ToolCall): Promise<number> {
    const session = this.sessions[this.#next++ % this.sessions.length];
    const start = performance.now();
    const message = { id: this.#id++, method: "tools/call", params };
    const { body } = this.#stateless ? await this.#postAlone(message) : await this.#post(message, session);
    if (!body.includes("structuredContent")) throw new Error(`the server answered without a tool result: ${body}`);
    return performance.now() - start;
  }

  /** The headers repeat the revision, the method and the name. */
  #postAlone({ params, ...message }: { id: number; method: string; params: ToolCall }) {
    this.#sent += 1;
    const text = JSON.stringify({ jsonrpc: "2.0", ...message, params: { ...params, _meta: ENVELOPE } });
    return this.#send(text, {
      ...HEADERS,
      "content-length": Buffer.byteLength(text),
      "mcp-protocol-version": REVISION,
      "mcp-method": message.method,
      "mcp-name": params.name,
    });
  }

  #post(message: object, session?: string): Promise<{ headers: OutgoingHttpHeaders; body: string }> {
    this.#sent += 1;
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    const headers: OutgoingHttpHeaders = { ...HEADERS, "content-length": Buffer.byteLength(text) };
    if (session !== undefined) {
      headers["mcp-session-id"] = session;
      headers["mcp-protocol-version"] = VERSION;
    }
    return this.#send(text, headers);
  }

  #send(text: string, headers: OutgoingHttpHeaders): Promise<{ headers: OutgoingHttpHeaders; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, { method: "POST", agent: this.#agent, headers }, (response) => {
        let body = "";
        response.setEncoding("latin1").on("data", (chunk) => {
          body += chunk;
        });
        response.once("end", () => resolve({ headers: response.headers, body })).once("error", reject);
      });
      sent.once("error", (error: NodeJS.ErrnoException) => {
        // The server closed this idle keep-alive connection while the bench measured another variant.
        if (sent.reusedSocket && error.code === "ECONNRESET") resolve(this.#send(text, headers));
        else reject(error);
      });
      sent.end(text);
    });
  }
}

function phase(latencies: number[], start: number): Phase {
  const seconds = (performance.now() - start) / 1000;
  return { calls: latencies.length, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

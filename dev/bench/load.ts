/**
 * Generates load over real HTTP connections: opens sessions where the client has them, then calls one tool, either as fast as
 * the server answers or at a steady rate.
 */
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { McpWire, type ToolCall } from "../lib/mcp-wire.ts";
import type { Server } from "./process.ts";

export const SMALL: ToolCall = { name: "add", arguments: { a: 2, b: 3 } };
export const DOWNSTREAM: ToolCall = { name: "lookup", arguments: { sku: "A-1" } };

/** The calls of one phase, as the client saw them. */
export interface Phase {
  readonly calls: number;
  readonly seconds: number;
  /** Milliseconds from request to response, ascending. */
  readonly latencies: readonly number[];
}

export class LoadGenerator {
  readonly sessions: string[] = [];
  readonly #wire: McpWire;
  readonly #agent: Agent;
  readonly #stateless: boolean;
  #next = 0;

  constructor({ url, variant }: Pick<Server, "url" | "variant">, connections = 50) {
    this.#stateless = variant.stateless ?? false;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#wire = new McpWire(url, this.#agent, "bench");
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
    return this.#wire.sent;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #open(): Promise<void> {
    const session = await this.#wire.open();
    if (typeof session !== "string") throw new Error(`the server opened no session: ${session.body}`);
    this.sessions.push(session);
  }

  /** @returns milliseconds */
  async #call(call: ToolCall): Promise<number> {
    const session = this.sessions[this.#next++ % this.sessions.length];
    const start = performance.now();
    const { body } = await (session === undefined ? this.#wire.callAlone(call) : this.#wire.call(call, session));
    if (!body.includes("structuredContent")) throw new Error(`the server answered without a tool result: ${body}`);
    return performance.now() - start;
  }
}

function phase(latencies: number[], start: number): Phase {
  const seconds = (performance.now() - start) / 1000;
  return { calls: latencies.length, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

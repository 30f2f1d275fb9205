/** What hostile callers do it with: HTTP from an address of their own, and bare sockets. Keeps the tally of both. */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { answered, cut, type Sent, type Tally } from "./tally.ts";

/** Loopback, and not the honest callers' 127.0.0.1. */
const ADDRESS = "127.0.0.66";
const ACCEPT = "application/json, text/event-stream";
/** Time for an answer to end. */
const PATIENCE_MS = 20_000;

export interface Target {
  readonly url: URL;
  readonly token: string;
  /** Of another subject. */
  readonly otherToken: string;
}

export interface Message {
  readonly method?: string;
  readonly path?: string;
  readonly session?: string | undefined;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** Requests and notifications in the body; 1 where there is a body and it is not said. */
  readonly messages?: number;
  readonly opens?: boolean;
  /** Leaves when so much time has passed, milliseconds. */
  readonly leaveAfterMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly session: string | undefined;
}

export class Attacker {
  readonly target: Target;
  /** No more requests once it is aborted; those that are sent are waited for. */
  readonly signal: AbortSignal;
  readonly #name: string;
  readonly #tally: Tally;
  readonly #agent = new Agent({ keepAlive: true, localAddress: ADDRESS });
  #id = 0;

  constructor(name: string, target: Target, tally: Tally, signal: AbortSignal) {
    this.#name = name;
    this.target = target;
    this.#tally = tally;
    this.signal = signal;
  }

  /** The text of a request. @param id one of its own where it is not said */
  rpc(method: string, params: unknown = {}, id: string | number = this.nextId()): string {
    return JSON.stringify({ jsonrpc: "2.0", id, method, params });
  }

  call(tool: string, args: unknown, id?: string | number): string {
    if (tool === "ask_upstream") this.#tally.lookups += 1;
    return this.rpc("tools/call", { name: tool, arguments: args }, id);
  }

  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  /** Opens a session. @returns its id; undefined when it was refused */
  async open(): Promise<string | undefined> {
    const body = this.rpc("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "hostile", version: "1" },
    });
    return (await this.send({ body, opens: true }))?.session;
  }

  /** Sends a request and waits until its answer has ended. @returns undefined when there was none */
  async send(message: Message): Promise<Answer | undefined> {
    const { method = "POST", path = this.target.url.pathname, body, opens = false } = message;
    const sent: Sent = { method, messages: message.messages ?? (body === undefined ? 0 : 1), opens };
    const request = httpRequest(this.target.url, { method, path, agent: this.#agent, headers: this.#headers(message) });
    const { leaveAfterMs } = message;
    const leave = setTimeout(() => {
      if (leaveAfterMs === undefined) this.#unanswered();
      request.destroy();
    }, leaveAfterMs ?? PATIENCE_MS);
    request.end(body);
    const answer = await this.#answer(request, sent);
    clearTimeout(leave);
    return answer;
  }

  /** A connection for bytes of the caller's own making. */
  async socket(): Promise<Socket> {
    const { hostname: host, port } = this.target.url;
    const socket = connect({ host, port: Number(port), localAddress: ADDRESS });
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
    return socket;
  }

  /** The head of a POST, as text. */
  head(lines: readonly string[] = [], session?: string): string {
    const { url, token } = this.target;
    return [
      `POST ${url.pathname} HTTP/1.1`,
      `Host: ${url.host}`,
      `Authorization: Bearer ${token}`,
      "Content-Type: application/json",
      `Accept: ${ACCEPT}`,
      ...(session === undefined ? [] : [`Mcp-Session-Id: ${session}`]),
      ...lines,
      "\r\n",
    ].join("\r\n");
  }

  /** Whole requests over one connection, none of whose answers is waited for before the next. */
  async pipelined(session: string, bodies: readonly string[]): Promise<void> {
    const socket = await this.socket();
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    for (const body of bodies) socket.write(this.head([`Content-Length: ${Buffer.byteLength(body)}`], session) + body);
    const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    const deadline = performance.now() + PATIENCE_MS;
    while (statuses().length < bodies.length && !socket.closed && performance.now() < deadline) await sleep(20);
    for (const status of statuses()) answered(this.#tally, POSTED, status);
    this.maybe(bodies.length - statuses().length);
    socket.destroy();
  }

  /** Notes requests whose answer was not waited for. @param messages in each @param requests how many */
  maybe(requests: number, messages = 1): void {
    for (let request = 0; request < requests; request += 1) cut(this.#tally, { ...POSTED, messages });
  }

  /** Resolves when the attack is over, or after so many milliseconds. */
  async pause(ms = 60_000): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => {});
  }

  /** Does the same thing `count` times, `width` at once, until the attack is over. */
  async repeat(count: number, width: number, work: (index: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const one = async () => {
      while (next < count && !this.signal.aborted) await work(next++);
    };
    await Promise.all(Array.from({ length: width }, one));
  }

  /** Gives up every connection. */
  leave(): void {
    this.#agent.destroy();
  }

  #headers({ headers, session, method = "POST" }: Message) {
    return {
      authorization: `Bearer ${this.target.token}`,
      accept: ACCEPT,
      ...(method === "POST" && { "content-type": "application/json" }),
      ...(session !== undefined && { "mcp-session-id": session }),
      ...headers,
    };
  }

  #answer(request: ClientRequest, sent: Sent): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      let response: IncomingMessage | undefined;
      request.once("response", (incoming) => {
        response = incoming;
        answered(this.#tally, sent, incoming.statusCode ?? 0);
        incoming.on("error", () => {}).resume();
      });
      request
        .on("error", () => {})
        .once("close", () => {
          if (response === undefined) cut(this.#tally, sent);
          resolve(response && { status: response.statusCode ?? 0, session: header(response) });
        });
    });
  }

  #unanswered(): void {
    const { unanswered } = this.#tally;
    unanswered[this.#name] = (unanswered[this.#name] ?? 0) + 1;
  }
}

const POSTED: Sent = { method: "POST", messages: 1, opens: false };

const header = ({ headers }: IncomingMessage) => headers["mcp-session-id"] as string | undefined;

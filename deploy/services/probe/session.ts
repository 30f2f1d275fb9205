/**
 * One visit to a target, on the SDKs' clients with trace propagation: without a session where the target offers that, else
 * in a session. It opens no event stream for server messages. A transport error fails the current request. `end` deletes the
 * session even if `initialize` failed midway.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type CallToolResult, CallToolResultSchema, ListToolsResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { observeClient } from "mcp-telemetry";
import { z } from "zod";
import { limitedFetch } from "../limited-fetch.ts";
import { Answer } from "./answer.ts";
import { ProbeFailure } from "./failure.ts";
import type { ListedTool, Listing, Method } from "./listing.ts";
import { OwnConnections } from "./own-connections.ts";
import { StatelessClient } from "./stateless-client.ts";

/** The client name, by which the target's logs and traces show the probe's sessions. */
export const CLIENT_NAME = "mcp-probe";
/** How the probe and the target agreed on a revision. */
export interface Negotiated {
  readonly method: Method;
  readonly protocolVersion: string;
}

/** Longer than the deadline of any step, so that the step's deadline applies. */
const REQUEST_OPTIONS = { timeout: 120_000 };

/** What the SDK accepts, as it was sent: the SDK's schema drops the members that it does not know. */
const LISTED_PAGE = z
  .looseObject({ tools: z.array(z.looseObject({ name: z.string() })), nextCursor: z.string().optional() })
  .refine((page) => ListToolsResultSchema.safeParse(page).success, "not a list of tools");

export class Session {
  readonly #url: URL;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #connections = new OwnConnections();
  readonly #limited = limitedFetch(this.#connections.fetch);
  readonly #answer = new Answer();
  readonly #transport: StreamableHTTPClientTransport;
  readonly #client: Client;
  readonly #version: string;
  #stateless: StatelessClient["client"] | undefined;
  readonly #broken: Promise<never>;
  readonly #fail: (error: unknown) => void;

  constructor(url: URL, token: string | undefined, version: string) {
    this.#url = url;
    this.#authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#transport = new StreamableHTTPClientTransport(url, {
      requestInit: { headers: this.#authorization },
      fetch: (input, init) => this.#fetch(input, init),
    });
    this.#version = version;
    this.#client = new Client({ name: CLIENT_NAME, version });
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#broken = promise;
    // The transport reports a broken event stream or an unreadable answer only to this handler. The handler of the client
    // also gets messages that harm nothing, such as a progress notification with an unknown token.
    this.#fail = (error) => reject(this.#answer.failure(error));
    this.#transport.onerror = this.#fail;
  }

  get id(): string | undefined {
    return this.#transport.sessionId;
  }

  /**
   * @param discoveryMs how long the answer to `server/discover` may take, before a session is opened; 0 opens a session
   * without asking
   */
  async open(discoveryMs: number): Promise<Negotiated> {
    if (discoveryMs === 0) return { method: "initialize", protocolVersion: await this.#initialize() };
    const http = { headers: this.#authorization, fetch: this.#fetch };
    const stateless = new StatelessClient(this.#url, { name: CLIENT_NAME, version: this.#version }, http, discoveryMs);
    const protocolVersion = await stateless.discover(this.#fail);
    if (protocolVersion === undefined) return { method: "initialize", protocolVersion: await this.#initialize() };
    this.#stateless = stateless.client;
    return { method: "server/discover", protocolVersion };
  }

  async #initialize(): Promise<string> {
    // The cast is needed because the SDK declares the transport's optional members without `| undefined`.
    const transport = this.#transport as Parameters<Client["connect"]>[0];
    observeClient(transport, this.#url, () => {});
    await this.#unlessBroken(this.#client.connect(transport, REQUEST_OPTIONS));
    return this.#transport.protocolVersion ?? "";
  }

  /** All pages of the tools, none, without a request, if the server does not declare tools; and the instructions. */
  async list(): Promise<Listing> {
    const client = this.#stateless ?? this.#client;
    const instructions = client.getInstructions();
    if (client.getServerCapabilities()?.tools === undefined) return { instructions, tools: [] };
    const tools: ListedTool[] = [];
    let cursor: string | undefined;
    do {
      const params = cursor === undefined ? {} : { cursor };
      const request = { method: "tools/list", params } as const;
      const page = await this.#unlessBroken(
        this.#stateless?.request(request, LISTED_PAGE, REQUEST_OPTIONS) ??
          this.#client.request(request, LISTED_PAGE, REQUEST_OPTIONS),
      );
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return { instructions, tools };
  }

  call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallToolResult> {
    const request = { method: "tools/call", params: { name, arguments: args } } as const;
    return this.#unlessBroken(
      this.#stateless?.request(request, CallToolResultSchema, REQUEST_OPTIONS) ??
        this.#client.request(request, CallToolResultSchema, REQUEST_OPTIONS),
    );
  }

  /**
   * Deletes the session and closes its connections.
   * @param ms deadline of the DELETE @throws {ProbeFailure} when the target does not delete the session
   */
  async end(ms: number): Promise<void> {
    const { id } = this;
    const version = this.#transport.protocolVersion;
    try {
      if (id === undefined) return;
      const response = await this.#connections.fetch(this.#url, {
        method: "DELETE",
        headers: {
          ...this.#authorization,
          "mcp-session-id": id,
          ...(version !== undefined && { "mcp-protocol-version": version }),
        },
        signal: AbortSignal.timeout(ms),
      });
      await response.body?.cancel();
      // 405: the target does not let clients delete sessions. 404: it has already ended this one.
      if (!response.ok && response.status !== 405 && response.status !== 404) {
        throw new ProbeFailure("http_status", `HTTP ${response.status}`);
      }
    } finally {
      await Promise.all([this.#client.close(), this.#stateless?.close()]);
      this.#connections.close();
    }
  }

  /** Answers the client's GET for server messages with 405, without a request. A GET that resumes a stream is sent. */
  readonly #fetch: FetchLike = async (input, init) =>
    init?.method === "GET" && !new Headers(init.headers).has("last-event-id")
      ? new Response(null, { status: 405 })
      : this.#answer.observe(await this.#limited(input, init));

  #unlessBroken<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#broken]);
  }
}

/**
 * One MCP session with a target: the SDK's own client, observed, under a name of its own. It listens for nothing,
 * and whatever goes wrong on the way ends the request in hand. `end` deletes the session even when `initialize` failed
 * half way.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type CallToolResult,
  CallToolResultSchema,
  ListToolsResultSchema,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import { observeClient } from "../../../server/telemetry/index.ts";
import { ProbeFailure } from "./failure.ts";
import { OwnConnections } from "./own-connections.ts";

/** How the probe's sessions are told from others in the target's logs and traces. */
export const CLIENT_NAME = "mcp-probe";
/** Longer than any step's deadline: it is the step that decides. */
const REQUEST = { timeout: 120_000 };

export class Session {
  readonly #url: URL;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #connections = new OwnConnections();
  readonly #transport: StreamableHTTPClientTransport;
  readonly #client: Client;
  readonly #broken: Promise<never>;

  constructor(url: URL, token: string | undefined, version: string) {
    this.#url = url;
    this.#authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#transport = new StreamableHTTPClientTransport(url, {
      requestInit: { headers: this.#authorization },
      fetch: (input, init) => this.#fetch(input, init),
    });
    this.#client = new Client({ name: CLIENT_NAME, version });
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#broken = promise;
    // An event stream that breaks, or an answer that cannot be read, is told here only.
    this.#client.onerror = reject;
  }

  get id(): string | undefined {
    return this.#transport.sessionId;
  }

  /** @returns the protocol version that was negotiated */
  async initialize(): Promise<string> {
    // The SDK declares its own transport's optional members without `| undefined`.
    const transport = this.#transport as Parameters<Client["connect"]>[0];
    observeClient(transport, () => {});
    await this.#unlessBroken(this.#client.connect(transport, REQUEST));
    return this.#transport.protocolVersion ?? "";
  }

  /** Every page of the list; a server that declares no tools is not asked. */
  async listTools(): Promise<readonly Tool[]> {
    if (this.#client.getServerCapabilities()?.tools === undefined) return [];
    const tools: Tool[] = [];
    let cursor: string | undefined;
    do {
      const params = cursor === undefined ? {} : { cursor };
      const page = await this.#unlessBroken(
        this.#client.request({ method: "tools/list", params }, ListToolsResultSchema, REQUEST),
      );
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return tools;
  }

  call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallToolResult> {
    const request = { method: "tools/call", params: { name, arguments: args } } as const;
    return this.#unlessBroken(this.#client.request(request, CallToolResultSchema, REQUEST));
  }

  /** Deletes the session and closes whatever is open. @throws {ProbeFailure} when the target does not delete it */
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
      // 405: it does not let clients end sessions; 404: it has ended this one itself.
      if (!response.ok && response.status !== 405 && response.status !== 404) {
        throw new ProbeFailure("http_status", `HTTP ${response.status}`);
      }
    } finally {
      await this.#client.close();
      this.#connections.close();
    }
  }

  /** The event stream of server messages is declined on the server's behalf; one that resumes an answer is not. */
  readonly #fetch: FetchLike = (input, init) =>
    init?.method === "GET" && !new Headers(init.headers).has("last-event-id")
      ? Promise.resolve(new Response(null, { status: 405 }))
      : this.#connections.fetch(input, init);

  #unlessBroken<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#broken]);
  }
}

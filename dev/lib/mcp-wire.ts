/** MCP of both eras over `node:http`: the SDKs' own clients cost more CPU time than the server. */
import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { request as secureRequest } from "node:https";

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: object;
}

const STREAM = "text/event-stream";
const HEADERS = { accept: `application/json, ${STREAM}`, "content-type": "application/json" };
/** The newest revision with sessions, and the one without. */
const WITH_SESSIONS = "2025-11-25";
const WITHOUT = "2026-07-28";
/** As the SDKs' clients wait. */
const PATIENCE_MS = 60_000;
const LATE = `no answer within ${PATIENCE_MS / 1000} s`;

/** One client: what it sends, over the connections of its agent. Every method throws what the network throws. */
export class McpWire {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #clientInfo: { readonly name: string; readonly version: string };
  readonly #headers: OutgoingHttpHeaders;
  #id = 0;
  #sent = 0;

  /** @param headers that each request has beside those of MCP */
  constructor(url: URL, agent: Agent, name: string, headers: OutgoingHttpHeaders = {}) {
    this.#url = url;
    this.#agent = agent;
    this.#clientInfo = { name, version: "1.0.0" };
    this.#headers = headers;
  }

  /** Requests and notifications so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Opens a session. @returns its id; or the answer that is none */
  async open(): Promise<string | Answer> {
    const params = { protocolVersion: WITH_SESSIONS, capabilities: {}, clientInfo: this.#clientInfo };
    const answer = await this.#post(this.#request("initialize", params), {});
    const session = answer.headers["mcp-session-id"];
    if (typeof session !== "string") return answer;
    await this.#post({ method: "notifications/initialized" }, inSession(session));
    return session;
  }

  call(params: ToolCall, session: string): Promise<Answer> {
    return this.#post(this.#request("tools/call", params), inSession(session));
  }

  /** Opens the stream of the server's own messages, and reads it until the agent is destroyed. */
  listen(session: string): void {
    const headers = { ...this.#headers, ...inSession(session), accept: STREAM };
    this.#start({ method: "GET", headers }, (response) => response.on("error", () => {}).resume())
      .on("error", () => {})
      .end();
  }

  async close(session: string): Promise<void> {
    await this.#send({ method: "DELETE", headers: { ...this.#headers, ...inSession(session) } });
  }

  /** Asks a server what it is, as clients of the revision without sessions do. */
  discover(): Promise<Answer> {
    return this.#alone("server/discover", {});
  }

  /** Calls a tool without a session. */
  callAlone(params: ToolCall): Promise<Answer> {
    return this.#alone("tools/call", params, params.name);
  }

  #request(method: string, params: object): Message {
    this.#id += 1;
    return { id: this.#id, method, params };
  }

  /** The headers repeat the revision, the method and the name. */
  #alone(method: string, params: object, name?: string): Promise<Answer> {
    const prefix = "io.modelcontextprotocol";
    const _meta = {
      [`${prefix}/protocolVersion`]: WITHOUT,
      [`${prefix}/clientInfo`]: this.#clientInfo,
      [`${prefix}/clientCapabilities`]: {},
    };
    return this.#post(this.#request(method, { ...params, _meta }), {
      "mcp-protocol-version": WITHOUT,
      "mcp-method": method,
      ...(name !== undefined && { "mcp-name": name }),
    });
  }

  #post(message: Message, headers: OutgoingHttpHeaders): Promise<Answer> {
    this.#sent += 1;
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const all = { ...HEADERS, ...this.#headers, ...headers, "content-length": Buffer.byteLength(body) };
    return this.#send({ method: "POST", headers: all }, body);
  }

  #send(options: Options, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = this.#start(options, (response) => {
        const { statusCode: status = 0, headers } = response;
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.once("end", () => resolve({ status, headers, body: text })).once("error", reject);
      });
      const late = setTimeout(() => sent.destroy(new Error(LATE)), PATIENCE_MS);
      sent.once("close", () => clearTimeout(late));
      sent.once("error", (error: NodeJS.ErrnoException) => {
        // The server closed this connection while it was idle, and has not seen the request.
        if (sent.reusedSocket && error.code === "ECONNRESET") resolve(this.#send(options, body));
        else reject(error);
      });
      sent.end(body);
    });
  }

  #start(options: Options, answered: Parameters<typeof request>[2]) {
    const start = this.#url.protocol === "https:" ? secureRequest : request;
    return start(this.#url, { ...options, agent: this.#agent }, answered);
  }
}

interface Options {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
}

const inSession = (session: string): OutgoingHttpHeaders => ({
  "mcp-session-id": session,
  "mcp-protocol-version": WITH_SESSIONS,
});

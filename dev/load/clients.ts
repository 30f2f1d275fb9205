/**
 * Clients of both eras of the protocol, as the SDKs' own behave: each has its own connections; one with a session also holds
 * the stream of the server's messages, and opens a new session when the server no longer knows its own.
 */
import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { McpWire, type ToolCall } from "../lib/mcp-wire.ts";
import { failureOf, networkFailure } from "./failure.ts";

export interface LoadClient {
  /** @returns what failed; undefined when the tool gave its result */
  call(call: ToolCall): Promise<string | undefined>;
  leave(): Promise<void>;
}

export interface Target {
  readonly url: URL;
  /** A bearer token. */
  readonly token: string | undefined;
}

/** As many as a browser has to one host. */
const CONNECTIONS = 6;
const NAME = "load";

const agentFor = ({ url }: Target): Agent =>
  new (url.protocol === "https:" ? SecureAgent : Agent)({ keepAlive: true, maxSockets: CONNECTIONS });

const wireFor = ({ url, token }: Target, agent: Agent): McpWire =>
  new McpWire(url, agent, NAME, token === undefined ? {} : { authorization: `Bearer ${token}` });

export class ClientWithSession implements LoadClient {
  readonly #agent: Agent;
  readonly #wire: McpWire;
  #session: Promise<string>;

  private constructor(target: Target) {
    this.#agent = agentFor(target);
    this.#wire = wireFor(target, this.#agent);
    this.#session = this.#open();
  }

  /** @throws when the server opens no session */
  static async open(target: Target): Promise<LoadClient> {
    const client = new ClientWithSession(target);
    await client.#session;
    return client;
  }

  async call(call: ToolCall): Promise<string | undefined> {
    const session = this.#session;
    try {
      const id = await session.catch((error) => {
        this.#renew(session);
        throw error;
      });
      const answer = await this.#wire.call(call, id);
      if (answer.status === 404) this.#renew(session);
      return failureOf(answer);
    } catch (error) {
      return networkFailure(error);
    }
  }

  async leave(): Promise<void> {
    await this.#session.then((id) => this.#wire.close(id)).catch(() => {});
    this.#agent.destroy();
  }

  /** Once for all calls that find the same session gone. */
  #renew(gone: Promise<string>): void {
    if (this.#session !== gone) return;
    this.#session = this.#open();
    this.#session.catch(() => {});
  }

  async #open(): Promise<string> {
    const session = await this.#wire.open();
    if (typeof session !== "string") throw new Error(`no session: ${failureOf(session)}`);
    this.#wire.listen(session);
    return session;
  }
}

export class ClientWithoutSession implements LoadClient {
  readonly #agent: Agent;
  readonly #wire: McpWire;

  constructor(target: Target) {
    this.#agent = agentFor(target);
    this.#wire = wireFor(target, this.#agent);
  }

  /** Whether the server serves such clients. @throws when it does not answer */
  async isServed(): Promise<boolean> {
    return failureOf(await this.#wire.discover()) === undefined;
  }

  async call(call: ToolCall): Promise<string | undefined> {
    return this.#wire.callAlone(call).then(failureOf, networkFailure);
  }

  async leave(): Promise<void> {
    this.#agent.destroy();
  }
}

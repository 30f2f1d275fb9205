/** The connection of one run of the agent: the SDKs' own clients, observed. It is a session where the revision has them. */
import {
  Client as StatelessClient,
  StreamableHTTPClientTransport as StatelessTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { observeClient } from "mcp-telemetry";
import { limitedFetch } from "../limited-fetch.ts";
import type { AgentMetrics } from "./metrics.ts";

/** For a tool's default timeout and the way there and back. */
const REQUEST_MS = 20_000;

/** Clients of either era of the protocol: with sessions, without them, or what the server offers. */
export const ERAS = ["legacy", "modern", "auto"] as const;
export type Era = (typeof ERAS)[number];

const NEGOTIATION = { modern: { mode: { pin: "2026-07-28" } }, auto: { mode: "auto" } } as const;

export interface AgentSession {
  /** Undefined when there is no session. */
  readonly id: string | undefined;
  listTools(): Promise<readonly string[]>;
  /** @returns the structured content; undefined when the tool failed */
  call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown> | undefined>;
  /** Ends the session on the server too. @param error because of which it ends */
  end(error?: unknown): Promise<void>;
}

/** @param name the client's name for itself @param requestMs how long the server may take for one answer */
export async function openSession(
  url: URL,
  name: string,
  metrics: AgentMetrics,
  era: Era,
  requestMs: number = REQUEST_MS,
): Promise<AgentSession> {
  const options = { timeout: requestMs };
  const startedAt = performance.now();
  const { transport, client, callTool } = await connect(url, name, metrics, era, requestMs);
  const { sessionId: id, protocolVersion } = transport;
  const ended = (error: unknown) => {
    if (id !== undefined) metrics.session(url, protocolVersion, (performance.now() - startedAt) / 1000, error);
  };
  return {
    id,
    listTools: async () => (await client.listTools({}, options)).tools.map((tool) => tool.name),
    async call(tool, args) {
      const result = await callTool({ name: tool, arguments: args });
      return result.isError ? undefined : (result.structuredContent as Record<string, unknown>);
    },
    async end(error) {
      try {
        await transport.terminateSession();
        ended(error);
      } catch (failure) {
        ended(error ?? failure);
        throw failure;
      } finally {
        await client.close();
      }
    },
  };
}

interface Call {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

async function connect(url: URL, name: string, metrics: AgentMetrics, era: Era, requestMs: number) {
  const http = { fetch: limitedFetch(timedFetch(requestMs)) };
  const options = { timeout: requestMs };
  const clientInfo = { name, version: "1.0.0" };
  if (era === "legacy") {
    const transport = new StreamableHTTPClientTransport(url, http);
    // The SDK declares its own transport's optional members without `| undefined`.
    const plain = transport as Parameters<Client["connect"]>[0];
    observeClient(plain, url, metrics.sent);
    const client = new Client(clientInfo);
    await client.connect(plain, options);
    return { transport, client, callTool: (call: Call) => client.callTool(call, undefined, options) };
  }
  const transport = new StatelessTransport(url, http);
  observeClient(transport, url, metrics.sent);
  const client = new StatelessClient(clientInfo, { versionNegotiation: NEGOTIATION[era] });
  await client.connect(transport, options);
  return { transport, client, callTool: (call: Call) => client.callTool(call, options) };
}

/**
 * The SDK limits how long the response to a request may take, but no notification and no DELETE. A GET is the stream of the
 * server's own messages, which lasts as long as the session.
 */
const timedFetch =
  (ms: number): FetchLike =>
  (input, init) => {
    if (init?.method === "GET") return fetch(input, init);
    const signals = [AbortSignal.timeout(ms), ...(init?.signal ? [init.signal] : [])];
    return fetch(input, { ...init, signal: AbortSignal.any(signals) });
  };

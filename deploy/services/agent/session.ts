/** One MCP session of the agent: the SDK's own client, observed. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { observeClient } from "../../../server/telemetry/index.ts";
import { limitedFetch } from "../limited-fetch.ts";
import type { AgentMetrics } from "./metrics.ts";

/** For a tool's default timeout and the way there and back. */
const REQUEST_MS = 20_000;

export interface AgentSession {
  readonly id: string;
  listTools(): Promise<readonly string[]>;
  /** @returns the structured content; undefined when the tool failed */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Record<string, unknown> | undefined>;
  /** Ends the session on the server too. */
  end(): Promise<void>;
}

/** @param name the client's name for itself @param requestMs how long the server may take for one answer */
export async function openSession(
  url: URL,
  name: string,
  metrics: AgentMetrics,
  requestMs: number = REQUEST_MS,
): Promise<AgentSession> {
  const transport = new StreamableHTTPClientTransport(url, { fetch: limitedFetch(timedFetch(requestMs)) });
  const options = { timeout: requestMs };
  const startedAt = performance.now();
  // The SDK declares its own transport's optional members without `| undefined`.
  const plain = transport as Parameters<Client["connect"]>[0];
  observeClient(plain, (operation) => metrics.operation(operation));
  const client = new Client({ name, version: "1.0.0" });
  await client.connect(plain, options);
  return {
    id: transport.sessionId ?? "",
    listTools: async () => (await client.listTools({}, options)).tools.map((tool) => tool.name),
    async call(tool, args) {
      const result = await client.callTool({ name: tool, arguments: args }, undefined, options);
      return result.isError ? undefined : (result.structuredContent as Record<string, unknown>);
    },
    async end() {
      try {
        await transport.terminateSession();
      } finally {
        await client.close();
      }
      metrics.session((performance.now() - startedAt) / 1000);
    },
  };
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

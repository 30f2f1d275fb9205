/** One MCP session of the agent: the SDK's own client, observed. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { observeClient } from "../../../server/telemetry/index.ts";
import type { AgentMetrics } from "./metrics.ts";

export interface AgentSession {
  readonly id: string;
  listTools(): Promise<readonly string[]>;
  /** @returns the structured content; undefined when the tool failed */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Record<string, unknown> | undefined>;
  /** Ends the session on the server too. */
  end(): Promise<void>;
}

/** @param name the client's name for itself */
export async function openSession(url: URL, name: string, metrics: AgentMetrics): Promise<AgentSession> {
  const transport = new StreamableHTTPClientTransport(url);
  const startedAt = performance.now();
  // The SDK declares its own transport's optional members without `| undefined`.
  const plain = transport as Parameters<Client["connect"]>[0];
  observeClient(plain, (operation) => metrics.operation(operation));
  const client = new Client({ name, version: "1.0.0" });
  await client.connect(plain);
  return {
    id: transport.sessionId ?? "",
    listTools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    async call(tool, args) {
      const result = await client.callTool({ name: tool, arguments: args });
      return result.isError ? undefined : (result.structuredContent as Record<string, unknown>);
    },
    async end() {
      await transport.terminateSession();
      await client.close();
      metrics.session((performance.now() - startedAt) / 1000);
    },
  };
}

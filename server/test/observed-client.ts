/**
 * A client with telemetry that uses all that a fixture server offers, and answers what the server asks; then it prints its
 * metrics. `node observed-client.ts legacy|modern URL`, or over stdio `node observed-client.ts legacy -- PROGRAM ARGUMENTS`.
 */
import {
  StreamableHTTPClientTransport as ModernTransport,
  Client as StatelessClient,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CreateMessageRequestSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import { createRegistry, observeClient, sentMetrics } from "mcp-telemetry";
import { tracing } from "mcp-telemetry/register";

const [era, target = "", program = "", ...args] = process.argv.slice(2);
const registry = createRegistry();
const sent = sentMetrics(registry);
const info = { name: "observed", version: "1.0.0" };
const url = target === "--" ? undefined : new URL(target);
const onprogress = () => {};

async function legacy(): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, String(value)]));
  const transport =
    url === undefined
      ? new StdioClientTransport({
          command: program,
          args,
          env: { ...env, OTEL_SERVICE_NAME: "server" },
          stderr: "ignore",
        })
      : new StreamableHTTPClientTransport(url);
  observeClient(transport as Transport, url, sent);
  const client = new Client(info, { capabilities: { sampling: {}, roots: { listChanged: true } } });
  let asked = 0;
  client.setRequestHandler(CreateMessageRequestSchema, () => {
    asked += 1;
    if (asked === 1) return { model: "m", role: "assistant" as const, content: { type: "text" as const, text: "!" } };
    throw new McpError(asked === 2 ? -32603 : -31999, "no");
  });
  await client.connect(transport as Transport);
  const ask = () => client.callTool({ name: "ask", arguments: {} });
  await client.listTools();
  await client.listResources();
  for (let time = 0; time < 3; time += 1) await ask();
  await client.callTool({ name: "tell", arguments: { steps: 1 } }, undefined, { onprogress });
  await client.callTool({ name: "fail", arguments: { value: "x" } });
  await client.getPrompt({ name: "greet", arguments: { name: "x" } });
  await client.readResource({ uri: "note://fixed" });
  await client.readResource({ uri: "note://store/secret" });
  await client.readResource({ uri: "note://store/gone" }).catch(() => {});
  await client.getPrompt({ name: "none" }).catch(() => {});
  await client.sendRootsListChanged();
  await client.close();
}

async function modern(): Promise<void> {
  const transport = new ModernTransport(url as URL);
  observeClient(transport, url, sent);
  const client = new StatelessClient(info, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
  await client.connect(transport);
  await client.listTools();
  await client.callTool({ name: "tell", arguments: {} }, { onprogress });
  await client.callTool({ name: "fail", arguments: { value: "x" } });
  await client.getPrompt({ name: "greet", arguments: { name: "x" } });
  await client.readResource({ uri: "note://store/secret" });
  await client.getPrompt({ name: "none" }).catch(() => {});
  await client.close();
}

await (era === "legacy" ? legacy() : modern());
process.stdout.write(await registry.metrics());
await tracing.shutdown();
process.exit();

/**
 * The client of SDK 1.x that the suite starts for each of its scenarios: `node main.ts [--observed] URL`. With `--observed`, the
 * telemetry observes its transport.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { useOnce } from "../observe.ts";
import { userOf } from "../user.ts";
import { authorizedFetch } from "./authorization.ts";

const url = new URL(process.argv.at(-1) ?? "");
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");

const client = new Client(
  { name: "conformance-client", version: "1.0.0" },
  { capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept" as const, content: {} }));
const transport = new StreamableHTTPClientTransport(url, { fetch: authorizedFetch(userOf(context), url) });
await useOnce(transport as Transport, url, use);

/** Calls what the scenario's server offers. */
async function use(): Promise<void> {
  await client.connect(transport as Transport);
  const { tools } = await client.listTools();
  const focal = tools.find(({ name }) => name === "json_schema_2020_12_tool");
  const args: Readonly<Record<string, Record<string, unknown>>> = {
    add_numbers: { a: 5, b: 3 },
    test_client_elicitation_defaults: {},
    test_reconnection: {},
    "test-tool": {},
    ...(focal && { json_schema_echo: { schema: focal.inputSchema } }),
  };
  for (const { name } of tools) {
    if (args[name] !== undefined) await client.callTool({ name, arguments: args[name] });
  }
  await client.close();
}

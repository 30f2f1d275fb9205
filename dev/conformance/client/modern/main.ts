/**
 * The client of SDK 2 that the suite starts for each of its scenarios: `node main.ts [--observed] URL`. With `--observed`,
 * the telemetry observes its transport.
 */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { useOnce } from "../observe.ts";
import { userOf } from "../user.ts";
import { authorizedFetch } from "./authorization.ts";

const url = new URL(process.argv.at(-1) ?? "");
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");

const client = new Client(
  { name: "conformance-client", version: "1.0.0" },
  { capabilities: { elicitation: {} }, versionNegotiation: { mode: "auto" } },
);
client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { confirmed: true } }));
const transport = new StreamableHTTPClientTransport(url, { fetch: authorizedFetch(userOf(context), url) });
await useOnce(transport, url, use);

/** Uses what the scenario's server offers. */
async function use(): Promise<void> {
  await client.connect(transport);
  const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
  if (tools) await callTools();
  if (resources) for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
  if (prompts) for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
  await client.close();
}

/** The server of a scenario may answer wrongly on purpose. The suite judges by what it received. */
async function callTools(): Promise<void> {
  const { tools } = await client.listTools();
  const focal = tools.find(({ name }) => name === "json_schema_2020_12_tool");
  const args: Readonly<Record<string, Record<string, unknown>>> = {
    add_numbers: { a: 5, b: 3 },
    ...(focal && { json_schema_echo: { schema: focal.inputSchema } }),
  };
  const calls = context.toolCalls ?? tools.map(({ name }) => ({ name, arguments: args[name] ?? {} }));
  for (const call of calls) await client.callTool(call).catch(() => {});
}

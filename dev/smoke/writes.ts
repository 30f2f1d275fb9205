/** Whether a tool that may change something was called: only such a call leaves an audit line. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { METRICS } from "mcp-telemetry/conventions";
import type { BackEnds } from "../lib/back-ends.ts";
import { samplesIn, sumOf } from "../lib/open-metrics.ts";

/** @param url of the server */
export async function hasWritten(url: URL, backEnds: BackEnds): Promise<boolean> {
  const client = new Client({ name: "smoke", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(url) as Parameters<Client["connect"]>[0]);
  const { tools } = await client.listTools();
  await client.close();
  const samples = (await backEnds.pages("/metrics")).flatMap(samplesIn);
  return tools
    .filter(({ annotations }) => annotations?.readOnlyHint !== true)
    .some(({ name }) => sumOf(samples, METRICS.toolCalls.name, { tool_name: name }) > 0);
}

import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** Calls a tool every `ms` milliseconds until the signal fires, in one session, without waiting for answers. */
export async function callEvery(
  ms: number,
  url: URL,
  name: string,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<void> {
  const client = new Client({ name: "traffic", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(url);
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  const open = new Set<Promise<unknown>>();
  while (!signal.aborted) {
    const call = client.callTool({ name, arguments: args }).catch(() => {});
    open.add(call);
    void call.then(() => open.delete(call));
    await sleep(ms, undefined, { signal }).catch(() => {});
  }
  await Promise.all(open);
  await transport.terminateSession();
  await client.close();
}

import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** Calls a tool every `ms` milliseconds until the signal fires, in one session, without waiting for answers. */
export const callEvery = (
  ms: number,
  url: URL,
  name: string,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<void> => askEvery(ms, url, (client) => client.callTool({ name, arguments: args }), signal);

/** The same for a resource, which it reads. */
export const readEvery = (ms: number, url: URL, uri: string, signal: AbortSignal): Promise<void> =>
  askEvery(ms, url, (client) => client.readResource({ uri }), signal);

async function askEvery(
  ms: number,
  url: URL,
  ask: (client: Client) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const client = new Client({ name: "traffic", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(url);
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  const open = new Set<Promise<unknown>>();
  while (!signal.aborted) {
    const asked = ask(client).catch(() => {});
    open.add(asked);
    void asked.then(() => open.delete(asked));
    await sleep(ms, undefined, { signal }).catch(() => {});
  }
  await Promise.all(open);
  await transport.terminateSession();
  await client.close();
}

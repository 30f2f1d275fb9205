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

/** The same for every resource and prompt that the server lists. Each variable and argument is `1`. */
export const readAllEvery = (ms: number, url: URL, signal: AbortSignal): Promise<void> =>
  askEvery(ms, url, readAll, signal);

async function readAll(client: Client): Promise<unknown> {
  const { resources: listed = false, prompts: listedPrompts = false } = client.getServerCapabilities() ?? {};
  const resources = listed ? (await client.listResources()).resources : [];
  const templates = listed ? (await client.listResourceTemplates()).resourceTemplates : [];
  const prompts = listedPrompts ? (await client.listPrompts()).prompts : [];
  const uris = [...resources.map(({ uri }) => uri), ...templates.map(({ uriTemplate }) => uriTemplate)];
  return Promise.allSettled([
    ...uris.map((uri) => client.readResource({ uri: uri.replaceAll(/\{[^}]*\}/g, "1") })),
    ...prompts.map(({ name, arguments: args = [] }) =>
      client.getPrompt({ name, arguments: Object.fromEntries(args.map((argument) => [argument.name, "1"])) }),
    ),
  ]);
}

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

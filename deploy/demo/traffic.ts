/** `make traffic FAULT=…`: turns a fault up for a while. The faults are the modes of the tool `misbehave`. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** What `FAULT` may be, and the arguments it means. */
export const FAULTS: Readonly<Record<string, Record<string, unknown>>> = {
  errors: { mode: "error" },
  slow: { mode: "slow", ms: 3000 },
  malformed: { mode: "malformed" },
  oversized: { mode: "oversized", bytes: 1_000_000 },
  rate_limit: { mode: "rate_limit" },
};

/** Calls `misbehave` four times a second until the signal fires. @throws when the server cannot be reached */
export const misbehave = (url: URL, fault: string, signal: AbortSignal): Promise<void> =>
  callEvery(250, url, "misbehave", FAULTS[fault] ?? {}, signal);

/** Calls a tool again and again, in a session of its own, without waiting for answers. */
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

if (import.meta.main) {
  const fault = process.env.FAULT ?? "errors";
  const seconds = Number(process.env.SECONDS ?? 180);
  if (!(fault in FAULTS) || !(seconds > 0)) {
    process.stderr.write(`FAULT is one of ${Object.keys(FAULTS).join(", ")}; SECONDS is how long (now ${seconds})\n`);
    process.exit(1);
  }
  const url = new URL(process.env.MCP_URL ?? `http://127.0.0.1:${process.env.MCP_PORT ?? 3001}/mcp`);
  process.stdout.write(`fault "${fault}" on ${url.href} for ${seconds} s; Ctrl-C ends it\n`);
  await misbehave(url, fault, AbortSignal.timeout(seconds * 1000));
}

/** Faults that calls of tools can cause: in the tool `misbehave`, or in what other tools depend on. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
// demo:
import { stackVariables } from "../../deploy/stack/settings/environment.ts";

// :demo

interface Fault {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  // demo:
  /** What the catalog is told to do meanwhile. */
  readonly catalog?: string;
  // :demo
}

const misbehaving = (args: Fault["args"]): Fault => ({ tool: "misbehave", args });
// demo:
const catalog = (mode: string): Fault => ({ tool: "lookup_item", args: { sku: "A-1" }, catalog: mode });
// :demo

/** What `FAULT` may be. */
export const FAULTS = {
  errors: misbehaving({ mode: "error" }),
  slow: misbehaving({ mode: "slow", ms: 3000 }),
  hang: misbehaving({ mode: "hang" }),
  malformed: misbehaving({ mode: "malformed" }),
  oversized: misbehaving({ mode: "oversized", bytes: 1_000_000 }),
  rate_limit: misbehaving({ mode: "rate_limit" }),
  // demo:
  catalog_fail: catalog("fail"),
  catalog_slow: catalog("slow"),
  catalog_rate_limit: catalog("rate_limit"),
  catalog_garbage: catalog("garbage"),
  // :demo
} satisfies Readonly<Record<string, Fault>>;
export type FaultName = keyof typeof FAULTS;

/** Makes a fault until the signal fires. @throws when the server, or what has the fault, does not answer */
export async function misbehave(url: URL, name: FaultName, everyMs: number, signal: AbortSignal): Promise<void> {
  const fault: Fault = FAULTS[name];
  // demo:
  const control = new URL(`http://127.0.0.1:${stackVariables().CATALOG_PORT}/fault`);
  const mode = fault.catalog;
  if (mode !== undefined) await fetch(new URL(`?mode=${mode}&seconds=3600`, control), { method: "PUT" });
  // :demo
  await callEvery(everyMs, url, fault.tool, fault.args, signal);
  // demo:
  if (mode !== undefined) await fetch(control, { method: "DELETE" });
  // :demo
}

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

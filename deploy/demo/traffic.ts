/** `make traffic FAULT=…`: turns a fault up for a while, in the server's own tool `misbehave` or in the catalog. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

interface Fault {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** What the catalog is told to do meanwhile. */
  readonly catalog?: string;
}

const misbehaving = (args: Fault["args"]): Fault => ({ tool: "misbehave", args });
const catalog = (mode: string): Fault => ({ tool: "lookup_item", args: { sku: "A-1" }, catalog: mode });

/** What `FAULT` may be. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  errors: misbehaving({ mode: "error" }),
  slow: misbehaving({ mode: "slow", ms: 3000 }),
  hang: misbehaving({ mode: "hang" }),
  malformed: misbehaving({ mode: "malformed" }),
  oversized: misbehaving({ mode: "oversized", bytes: 1_000_000 }),
  rate_limit: misbehaving({ mode: "rate_limit" }),
  catalog_fail: catalog("fail"),
  catalog_slow: catalog("slow"),
  catalog_rate_limit: catalog("rate_limit"),
  catalog_garbage: catalog("garbage"),
};

export interface Targets {
  /** The MCP server. */
  readonly server: URL;
  readonly catalog: URL;
}

/** Calls a tool four times a second until the signal fires. @throws when the server or the catalog does not answer */
export async function misbehave(targets: Targets, fault: string, signal: AbortSignal): Promise<void> {
  const { tool, args, catalog: mode } = FAULTS[fault] ?? misbehaving({ mode: "error" });
  const control = new URL("/fault", targets.catalog);
  if (mode !== undefined) await fetch(new URL(`?mode=${mode}&seconds=3600`, control), { method: "PUT" });
  const client = new Client({ name: "traffic", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(targets.server);
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  const calls: Promise<unknown>[] = [];
  while (!signal.aborted) {
    calls.push(client.callTool({ name: tool, arguments: args }).catch(() => {}));
    await sleep(250, undefined, { signal }).catch(() => {});
  }
  if (mode !== undefined) await fetch(control, { method: "DELETE" });
  await Promise.all(calls);
  await transport.terminateSession();
  await client.close();
}

if (import.meta.main) {
  const { FAULT: fault = "errors", SECONDS = "180", MCP_PORT = "3001", CATALOG_PORT = "3002" } = process.env;
  const seconds = Number(SECONDS);
  if (!(fault in FAULTS) || !(seconds > 0)) {
    process.stderr.write(`FAULT is one of ${Object.keys(FAULTS).join(", ")}; SECONDS is how long (now ${SECONDS})\n`);
    process.exit(1);
  }
  const targets = {
    server: new URL(`http://127.0.0.1:${MCP_PORT}/mcp`),
    catalog: new URL(`http://127.0.0.1:${CATALOG_PORT}`),
  };
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.stdout.write(`fault "${fault}" on ${targets.server.href} for ${seconds} s; Ctrl-C ends it\n`);
  await misbehave(targets, fault, AbortSignal.any([stop.signal, AbortSignal.timeout(seconds * 1000)]));
}

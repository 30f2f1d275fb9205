/** The clients of both SDKs with one face, in each way in which they find out the revision of a server. */
import type { ClientOptions } from "@modelcontextprotocol/client";
import { StreamableHTTPClientTransport, Client as TwoClient } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OneClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OneStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OneHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport as OneTransport } from "@modelcontextprotocol/sdk/shared/transport.js";

interface Call {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
  readonly _meta?: Record<string, unknown>;
}

export interface EraClient {
  callTool(call: Call, options?: { signal?: AbortSignal; timeout?: number }): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Where the server is: at an address, or a program to start. */
export type Target =
  | { readonly url: URL; readonly headers?: Record<string, string> }
  | { readonly command: string; readonly args: string[]; readonly env: Record<string, string> };

export interface ClientKind {
  readonly title: string;
  readonly revision: "2025-11-25" | "2026-07-28";
  connect(target: Target, name: string): Promise<EraClient>;
}

async function one(target: Target, name: string): Promise<EraClient> {
  const client = new OneClient({ name, version: "1.0.0" });
  const transport =
    "url" in target
      ? new OneHttp(target.url, { requestInit: { headers: target.headers ?? {} } })
      : new OneStdio({ ...target, stderr: "ignore" });
  await client.connect(transport as OneTransport);
  return {
    callTool: (call, options) => client.callTool(call, undefined, options),
    close: () => client.close(),
  };
}

const two =
  (options: ClientOptions): ClientKind["connect"] =>
  async (target, name) => {
    const client = new TwoClient({ name, version: "2.0.0" }, options);
    const transport =
      "url" in target
        ? new StreamableHTTPClientTransport(target.url, { requestInit: { headers: target.headers ?? {} } })
        : new StdioClientTransport({ ...target, stderr: "ignore" });
    await client.connect(transport);
    return { callTool: (call, own) => client.callTool(call, own), close: () => client.close() };
  };

/** Speaks the revision without sessions, and no other. */
export const PINNED: ClientKind = {
  title: "SDK 2 pinned",
  revision: "2026-07-28",
  connect: two({ versionNegotiation: { mode: { pin: "2026-07-28" } } }),
};

export const CLIENT_KINDS: readonly ClientKind[] = [
  { title: "SDK 1.x", revision: "2025-11-25", connect: one },
  { title: "SDK 2 by default", revision: "2025-11-25", connect: two({}) },
  { title: "SDK 2 with auto", revision: "2026-07-28", connect: two({ versionNegotiation: { mode: "auto" } }) },
  PINNED,
];

/** Faults that need no tool but `add`. Each lasts until its signal fires, and is undone then. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { LATEST_PROTOCOL_VERSION } from "@modelcontextprotocol/sdk/types.js";
import { callEvery } from "../lib/call-every.ts";
import type { Services } from "../lib/running-services.ts";

export interface Target {
  /** The MCP server. */
  readonly url: URL;
  readonly services: Services;
}

export type Fault = (target: Target, signal: AbortSignal) => Promise<void>;

const fired = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** A hundred successful calls a second: error budgets recover by them, and one session repeats a call without end. */
export const healthy: Fault = ({ url }, signal) => callEvery(10, url, "add", { a: 1, b: 2 }, signal);

export const stopped =
  (service: string): Fault =>
  async ({ services }, signal) => {
    const start = await services.stop(service);
    await fired(signal);
    await start();
  };

/** Stops one replica of a service. */
export const oneStopped =
  (service: string): Fault =>
  async (target, signal) => {
    const [first = service] = target.services.instances(service);
    await stopped(first)(target, signal);
  };

export const logsHeldBack: Fault = (target, signal) => stopped(target.services.shipper)(target, signal);

/** Stops the process: it keeps its ports and answers nothing. */
export const frozen =
  (service: string): Fault =>
  async ({ services }, signal) => {
    await services.freeze(service);
    await fired(signal);
    await services.thaw(service);
  };

/** Stops the process for 700 ms of every second, and its event loop with it. */
export const stalls =
  (service: string): Fault =>
  async ({ services }, signal) => {
    while (!signal.aborted) {
      await services.freeze(service);
      await sleep(700);
      await services.thaw(service);
      await sleep(300, undefined, { signal }).catch(() => {});
    }
  };

/** Ten HTTP requests a second that are not MCP: rejected as `unsupported_media_type`. */
export const badRequests: Fault = async ({ url }, signal) => {
  while (!signal.aborted) {
    const answer = await fetch(url, { method: "POST", body: "{}" });
    await answer.body?.cancel();
    await sleep(100, undefined, { signal }).catch(() => {});
  }
};

/** Opens five sessions a second and goes on in others, as a client does whose router has lost its way. */
export const lostSessions: Fault = async ({ url }, signal) => {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const post = async (message: object, own: Record<string, string> = {}) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const answer = await fetch(url, { method: "POST", headers: { ...headers, ...own }, body });
    await answer.body?.cancel();
    return answer.headers.get("mcp-session-id") ?? "";
  };
  const params = {
    protocolVersion: LATEST_PROTOCOL_VERSION,
    capabilities: {},
    clientInfo: { name: "lost", version: "1.0.0" },
  };
  while (!signal.aborted) {
    const opened = await post({ id: 1, method: "initialize", params });
    await post({ method: "notifications/initialized" }, { "mcp-session-id": randomUUID() });
    await (await fetch(url, { method: "DELETE", headers: { "mcp-session-id": opened } })).body?.cancel();
    await sleep(200, undefined, { signal }).catch(() => {});
  }
};

/** Opens `count` sessions, and closes them only at its end. */
export const leakedSessions =
  (count: number): Fault =>
  async ({ url }, signal) => {
    const open: StreamableHTTPClientTransport[] = [];
    while (open.length < count && !signal.aborted) {
      const transport = new StreamableHTTPClientTransport(url);
      await new Client({ name: "leak", version: "1.0.0" }).connect(transport as Parameters<Client["connect"]>[0]);
      open.push(transport);
    }
    await fired(signal);
    for (const transport of open) {
      await transport.terminateSession();
      await transport.close();
    }
  };

/** What can be made to go wrong. Each fault lasts until its signal fires, and leaves things as they were. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Services } from "../lib/running-services.ts";
import { callEvery, type FaultName, misbehave } from "../traffic/faults.ts";

export interface Target {
  /** The MCP server. */
  readonly url: URL;
  readonly services: Services;
}

export type Fault = (target: Target, signal: AbortSignal) => Promise<void>;

const over = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Many calls that succeed: what an error budget recovers by. */
export const healthy: Fault = ({ url }, signal) => callEvery(10, url, "add", { a: 1, b: 2 }, signal);

// demo:
/** Fifty calls a second of the tool that costs. */
export const paidCalls: Fault = ({ url }, signal) => callEvery(20, url, "lookup_item", { sku: "A-1" }, signal);
// :demo

/** Nearly all calls that there are. */
export const everywhere =
  (fault: FaultName, everyMs = 250): Fault =>
  ({ url }, signal) =>
    misbehave(url, fault, everyMs, signal);

/**
 * A tool that fails among many calls that succeed: enough for a ticket about the tool, too little to burn the server's
 * budget. The page would hold the ticket back.
 */
export const oneTool =
  (fault: FaultName, everyMs = 2000, healthyEveryMs = 50): Fault =>
  async ({ url }, signal) => {
    await Promise.all([
      callEvery(healthyEveryMs, url, "add", { a: 1, b: 2 }, signal),
      misbehave(url, fault, everyMs, signal),
    ]);
  };

/** Two answers a second of one size, which is not too large to be given. */
export const answers =
  (bytes: number): Fault =>
  ({ url }, signal) =>
    callEvery(500, url, "misbehave", { mode: "oversized", bytes }, signal);

export const stopped =
  (service: string): Fault =>
  async ({ services }, signal) => {
    const start = await services.stop(service);
    await over(signal);
    await start();
  };

export const logsHeldBack: Fault = (target, signal) => stopped(target.services.shipper)(target, signal);

/** The process lives, holds its ports and answers nothing. */
export const frozen =
  (service: string): Fault =>
  async ({ services }, signal) => {
    await services.freeze(service);
    await over(signal);
    await services.thaw(service);
  };

/** Its event loop stands still for 700 ms, again and again. */
export const stalls =
  (service: string): Fault =>
  async ({ services }, signal) => {
    try {
      while (!signal.aborted) {
        await services.freeze(service);
        await sleep(700);
        await services.thaw(service);
        await sleep(300, undefined, { signal }).catch(() => {});
      }
    } finally {
      await services.thaw(service);
    }
  };

/** Ten requests a second that are no MCP: `not_acceptable`. */
export const badRequests: Fault = async ({ url }, signal) => {
  while (!signal.aborted) {
    const answer = await fetch(url, { method: "POST", body: "{}" });
    await answer.body?.cancel();
    await sleep(100, undefined, { signal }).catch(() => {});
  }
};

/** A client that opens a session for each thing it does, and closes none. */
export const leakedSessions =
  (count: number): Fault =>
  async ({ url }, signal) => {
    const open: StreamableHTTPClientTransport[] = [];
    while (open.length < count && !signal.aborted) {
      const transport = new StreamableHTTPClientTransport(url);
      await new Client({ name: "leak", version: "1.0.0" }).connect(transport as Parameters<Client["connect"]>[0]);
      open.push(transport);
    }
    await over(signal);
    for (const transport of open) {
      await transport.terminateSession();
      await transport.close();
    }
  };

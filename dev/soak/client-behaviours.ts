/** What clients do during the soak test, with the SDK's own client. Most of them do not end their session properly. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

interface Session {
  readonly client: Client;
  /** Deletes the session, then closes the client. */
  leave(): Promise<void>;
  /** Aborts the event stream; the client then reconnects it. */
  breakStream(): void;
  /** Number of event streams opened so far. */
  streams(): number;
}

const RECONNECTION = {
  initialReconnectionDelay: 20,
  maxReconnectionDelay: 20,
  reconnectionDelayGrowFactor: 1,
  maxRetries: 10,
};

async function open(url: URL): Promise<Session> {
  let streams = 0;
  let stream = new AbortController();
  const transport = new StreamableHTTPClientTransport(url, {
    reconnectionOptions: RECONNECTION,
    async fetch(input, init) {
      if (init?.method !== "GET") return fetch(input, init);
      stream = new AbortController();
      const signal = AbortSignal.any(init.signal ? [init.signal, stream.signal] : [stream.signal]);
      const response = await fetch(input, { ...init, signal });
      if (response.ok) streams += 1;
      return response;
    },
  });
  const client = new Client({ name: "soak", version: "1.0.0" }, { capabilities: { roots: {} } });
  await client.connect(transport as Transport);
  return {
    client,
    async leave() {
      await transport.terminateSession();
      await client.close();
    },
    breakStream: () => stream.abort(),
    streams: () => streams,
  };
}

async function work({ client }: Session): Promise<void> {
  await client.listTools();
  for (let call = 0; call < 3; call += 1) {
    await client.callTool({ name: "add", arguments: { a: call, b: 1 } });
    await client.callTool({ name: "ask_upstream", arguments: { sku: `SKU-${call}` } });
  }
  await client.callTool({ name: "fault", arguments: { mode: "error" } });
  await client.callTool({ name: "no such tool", arguments: {} });
}

const slowCall = ({ client }: Session, signal?: AbortSignal) =>
  client.callTool({ name: "fault", arguments: { mode: "slow", ms: 300 } }, undefined, signal && { signal });

export const CLIENT_BEHAVIOURS: Readonly<Record<string, (url: URL) => Promise<void>>> = {
  async "work and leave"(url) {
    const session = await open(url);
    await work(session);
    await session.leave();
  },
  async "work and vanish"(url) {
    const session = await open(url);
    await work(session);
    await session.client.close();
  },
  async "vanish in the middle of a call"(url) {
    const session = await open(url);
    const calls = [slowCall(session), slowCall(session)].map((call) => call.catch(() => {}));
    await sleep(50);
    await session.client.close();
    await Promise.all(calls);
  },
  async "abort calls"(url) {
    const session = await open(url);
    for (let call = 0; call < 3; call += 1) {
      const abort = new AbortController();
      const aborted = slowCall(session, abort.signal).catch(() => {});
      await sleep(20);
      abort.abort("no longer wanted");
      await aborted;
    }
    await session.leave();
  },
  async "reconnect streams"(url) {
    const session = await open(url);
    for (let count = 1; count <= 3; count += 1) {
      while (session.streams() < count) await sleep(10);
      await session.client.callTool({ name: "add", arguments: { a: 1, b: 1 } });
      session.breakStream();
    }
    await session.leave();
  },
  async "send malformed messages"(url) {
    const session = await open(url);
    const headers = { accept: "application/json, text/event-stream", "content-type": "application/json" };
    for (const body of ["{", "[]", '{"jsonrpc":"2.0","id":1,"method":"ping"}']) {
      await (await fetch(url, { method: "POST", headers, body })).text();
    }
    await session.client.close();
  },
};

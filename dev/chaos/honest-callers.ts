/** The honest callers: the SDK's own clients, which call now and then, and note how long it took and what was wrong. */

import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Random } from "../../test/support/random.ts";
import { answered, cut, messagesIn, type Sent, type Tally } from "./tally.ts";
import { ITEMS } from "./upstream.ts";

export interface HonestResults {
  /** Of calls of `add`, until the answer or the caller's patience was over, in milliseconds. */
  readonly addMs: number[];
  /** Of calls of `ask_upstream`, likewise. */
  readonly lookupMs: number[];
  /** Calls that took long or went wrong, by `performance.now()`. */
  readonly incidents: { readonly fromMs: number; readonly untilMs: number }[];
  /** Lookups answered with an error while the dependency failed. */
  excused: number;
  /** Sessions that were refused with 429 or 503 and Retry-After: the caller came back later. */
  postponed: number;
  /** What went wrong, with how often. */
  readonly wrong: Map<string, number>;
}

export const newHonestResults = (): HonestResults => ({
  addMs: [],
  lookupMs: [],
  incidents: [],
  excused: 0,
  postponed: 0,
  wrong: new Map(),
});

/** One caller's means. */
export interface Honest {
  readonly url: URL;
  readonly token: string;
  readonly random: Random;
  readonly tally: Tally;
  readonly results: HonestResults;
  /** Whether the dependency failed at some time since then. @param fromMs of `performance.now()` */
  readonly dependencyFailed: (fromMs: number) => boolean;
}

const CALLS_IN_SESSION = [20, 60] as const;
const PAUSE_MS = [50, 250] as const;
const CALL_TIMEOUT_MS = 30_000;

/** Opens sessions and works in them until it is told to stop. */
export async function live(honest: Honest, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const session = await open(honest);
    if (session === undefined) continue;
    for (let calls = honest.random.between(...CALLS_IN_SESSION); calls > 0 && !signal.aborted; calls -= 1) {
      if (honest.random.below(3) === 0) await lookUp(honest, session.client);
      await add(honest, session.client);
      await sleep(honest.random.between(...PAUSE_MS));
    }
    await session.leave().catch((error) => wrong(honest, "DELETE", error));
  }
}

export interface Session {
  readonly client: Client;
  leave(): Promise<void>;
}

/** @returns undefined when the session was refused; then the time that the server asked for has passed */
export async function open(honest: Honest): Promise<Session | undefined> {
  let retryAfter: string | null = null;
  const transport = new StreamableHTTPClientTransport(honest.url, {
    requestInit: { headers: { authorization: `Bearer ${honest.token}` } },
    async fetch(input, init) {
      const response = await counted(honest.tally, input, init);
      if (response.status === 429 || response.status === 503) retryAfter = response.headers.get("retry-after");
      return response;
    },
  });
  const client = new Client({ name: "honest", version: "1.0.0" });
  try {
    await client.connect(transport as Transport, { timeout: CALL_TIMEOUT_MS });
  } catch (error) {
    if (retryAfter === null) wrong(honest, "initialize", error);
    else honest.results.postponed += 1;
    await client.close();
    await sleep(Math.min(5, Number(retryAfter ?? 1)) * 1000);
    return undefined;
  }
  return {
    client,
    async leave() {
      await transport.terminateSession();
      await client.close();
    },
  };
}

export async function add(honest: Honest, client: Client): Promise<void> {
  const { results, random } = honest;
  const [a, b] = [random.below(1000), random.below(1000)];
  await timed(honest, "add", results.addMs, async () => {
    const { structuredContent } = await client.callTool({ name: "add", arguments: { a, b } }, undefined, IN_TIME);
    return isDeepStrictEqual(structuredContent, { sum: a + b }) ? undefined : (structuredContent ?? "no result");
  });
}

async function lookUp(honest: Honest, client: Client): Promise<void> {
  const { results, random, tally } = honest;
  const item = random.one(ITEMS);
  const startedAt = performance.now();
  tally.lookups += 1;
  await timed(honest, "ask_upstream", results.lookupMs, async () => {
    const answer = await client.callTool({ name: "ask_upstream", arguments: { sku: item.sku } }, undefined, IN_TIME);
    if (isDeepStrictEqual(answer.structuredContent, { item })) return undefined;
    if (answer.isError !== true || !honest.dependencyFailed(startedAt))
      return answer.structuredContent ?? answer.content;
    results.excused += 1;
    return undefined;
  });
}

const IN_TIME = { timeout: CALL_TIMEOUT_MS };
/** A call that takes longer is an incident. */
const LONG_MS = 2000;

/** @param call returns what is wrong with its answer */
async function timed(honest: Honest, tool: string, times: number[], call: () => Promise<unknown>): Promise<void> {
  const { incidents } = honest.results;
  const fromMs = performance.now();
  const found = await call().catch((error: unknown) => error);
  const untilMs = performance.now();
  times.push(untilMs - fromMs);
  if (found !== undefined) wrong(honest, tool, found);
  if (found !== undefined || untilMs - fromMs > LONG_MS) incidents.push({ fromMs, untilMs });
}

const MAX_TEXT = 160;

function wrong({ results }: Honest, what: string, found: unknown): void {
  const text = found instanceof Error ? found.message : (JSON.stringify(found) ?? "no answer");
  const key = `${what}: ${text.replace(/\d{3,}/g, "N").slice(0, MAX_TEXT)}`;
  results.wrong.set(key, (results.wrong.get(key) ?? 0) + 1);
}

async function counted(tally: Tally, input: string | URL, init: RequestInit = {}): Promise<Response> {
  const body = typeof init.body === "string" ? init.body : "";
  const sent: Sent = {
    method: init.method ?? "GET",
    messages: messagesIn(body),
    opens: body.includes('"method":"initialize"'),
  };
  try {
    const response = await fetch(input, init);
    answered(tally, sent, response.status);
    return response;
  } catch (error) {
    cut(tally, sent);
    throw error;
  }
}

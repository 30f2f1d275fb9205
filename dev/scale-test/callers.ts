/** Honest callers: each works in one session, and opens a new one when the server no longer knows it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport, StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

/** Sessions and calls of one caller since it began. */
export interface Outcomes {
  answered: number;
  /** Sessions that were answered 404, as one that no replica knows is. */
  reopened: number;
  /** Requests that were refused with 503, and were sent again. */
  postponed: number;
  /** What became of calls that were neither answered nor refused. */
  readonly lost: string[];
}

const PAUSE_MS = 100;
/** Longer than a replica takes to start. */
const PATIENCE_MS = 60_000;

export class Caller {
  readonly outcomes: Outcomes = { answered: 0, reopened: 0, postponed: 0, lost: [] };
  readonly #url: URL;
  #client: Client | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Empty before the first call. */
  get session(): string {
    return this.#client?.transport?.sessionId ?? "";
  }

  /** The replica that has its session. */
  get replica(): string {
    return this.session.split(".")[0] ?? "";
  }

  /** Calls until it is answered, as long as it is refused. */
  async call(a: number): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      try {
        this.#client ??= await this.#open();
        const { structuredContent } = await this.#client.callTool({ name: "add", arguments: { a, b: 1 } });
        if ((structuredContent as { sum?: number }).sum === a + 1) this.outcomes.answered += 1;
        else this.outcomes.lost.push(`wrong answer ${JSON.stringify(structuredContent)}`);
        return;
      } catch (error) {
        if (!(await this.#mayCallAgain(error))) return;
      }
    }
    this.outcomes.lost.push("refused for a minute");
  }

  /** Calls until the signal fires. */
  async keepCalling(signal: AbortSignal): Promise<void> {
    for (let a = 0; !signal.aborted; a += 1) {
      await this.call(a);
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }

  async leave(): Promise<void> {
    await (this.#client?.transport as StreamableHTTPClientTransport | undefined)?.terminateSession().catch(() => {});
    await this.#client?.close();
  }

  async #open(): Promise<Client> {
    const client = new Client({ name: "scale-test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(this.#url) as Transport);
    return client;
  }

  /** What the specification says of a refusal. */
  async #mayCallAgain(error: unknown): Promise<boolean> {
    const status = error instanceof StreamableHTTPError ? error.code : undefined;
    if (status === 404) {
      this.outcomes.reopened += 1;
      const ended = this.#client;
      this.#client = undefined;
      await ended?.close();
      return true;
    }
    if (status === 503) {
      this.outcomes.postponed += 1;
      await sleep(PAUSE_MS);
      return true;
    }
    this.outcomes.lost.push(error instanceof Error ? `${error.message} ${error.cause ?? ""}`.trim() : String(error));
    return false;
  }
}

/** The outcomes of several callers, added up. */
export function sumOf(callers: readonly Caller[]): Outcomes {
  const sum: Outcomes = { answered: 0, reopened: 0, postponed: 0, lost: [] };
  for (const { outcomes } of callers) {
    sum.answered += outcomes.answered;
    sum.reopened += outcomes.reopened;
    sum.postponed += outcomes.postponed;
    sum.lost.push(...outcomes.lost);
  }
  return sum;
}

/** What happened to several callers while some work was done. */
export async function during(callers: readonly Caller[], work: () => Promise<void>): Promise<Outcomes> {
  const before = sumOf(callers);
  const stop = new AbortController();
  const calling = callers.map((caller) => caller.keepCalling(stop.signal));
  try {
    await work();
  } finally {
    stop.abort();
    await Promise.all(calling);
  }
  const after = sumOf(callers);
  return {
    answered: after.answered - before.answered,
    reopened: after.reopened - before.reopened,
    postponed: after.postponed - before.postponed,
    lost: after.lost.slice(before.lost.length),
  };
}

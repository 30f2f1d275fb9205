/** What a call costs, and on this server a scrape, by the number of tools; each tool has been called. */
import { Load, SMALL } from "./load.ts";
import { startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { median } from "./statistics.ts";
import { type Variant, withTools } from "./variants.ts";

export interface Scrape {
  readonly ms: number;
  readonly bytes: number;
  /** Longest time in which nothing else could run, milliseconds. */
  readonly longestGapMs: number;
}

export interface ByTools {
  readonly cpuUs: number;
  readonly scrape: Scrape | undefined;
}

const CONCURRENCY = 10;
const REPEATS = 5;
const SCRAPES = 9;

/** @param ms length of one measurement */
export async function atTools(
  variant: Variant,
  name: string,
  receiver: string,
  tools: number,
  ms: number,
  scraped: boolean,
): Promise<ByTools> {
  const server = await startServer(withTools(variant, tools), `${name}-${tools}-tools`, receiver);
  const load = new Load(server.url, CONCURRENCY);
  await load.open(10);
  await load.saturate(SMALL, 2000, CONCURRENCY);
  const costs: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    costs.push((await costOf(server, () => load.saturate(SMALL, ms, CONCURRENCY))).cpuUs);
  }
  let scrape: Scrape | undefined;
  if (scraped) {
    for (let copy = 0; copy < tools - 2; copy += 1) await load.once({ ...SMALL, name: `add_${copy}` });
    const scrapes: Scrape[] = [];
    for (let repeat = 0; repeat < SCRAPES; repeat += 1) {
      await server.ask("watch");
      const start = performance.now();
      const text = await (await fetch(server.metricsUrl)).text();
      const took = performance.now() - start;
      scrapes.push({ ms: took, bytes: text.length, longestGapMs: (await server.ask("read")).longestGapMs });
    }
    scrape = {
      ms: median(scrapes.map((one) => one.ms)),
      bytes: median(scrapes.map(({ bytes }) => bytes)),
      longestGapMs: median(scrapes.map(({ longestGapMs }) => longestGapMs)),
    };
  }
  load.close();
  await server.stop();
  return { cpuUs: median(costs), scrape };
}

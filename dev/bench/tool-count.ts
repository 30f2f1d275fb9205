/** Measures a call, and on this server a scrape, by the number of tools. Every tool is called before the scrape. */
import { LoadGenerator, SMALL } from "./load.ts";
import { startServer } from "./process.ts";
import { costOf } from "./rounds.ts";
import { median } from "./statistics.ts";
import { type Variant, withTools } from "./variants.ts";

export interface Scrape {
  readonly ms: number;
  readonly bytes: number;
  /** Longest time during the scrape in which the event loop could run nothing else, milliseconds. */
  readonly maxEventLoopDelayMs: number;
}

export interface ToolCountCost {
  readonly cpuUs: number;
  readonly scrape: Scrape | undefined;
}

const CONCURRENCY = 10;
const REPEATS = 5;
const SCRAPES = 9;

/** @param ms length of one measurement, milliseconds @param scraped whether to measure scrapes too */
export async function measureToolCount(
  variant: Variant,
  name: string,
  receiver: string,
  tools: number,
  ms: number,
  scraped: boolean,
): Promise<ToolCountCost> {
  const server = await startServer(withTools(variant, tools), `${name}-${tools}-tools`, receiver);
  const load = new LoadGenerator(server, CONCURRENCY);
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
      await server.meter("watch-event-loop");
      const start = performance.now();
      const text = await (await fetch(server.metricsUrl)).text();
      const took = performance.now() - start;
      scrapes.push({
        ms: took,
        bytes: text.length,
        maxEventLoopDelayMs: (await server.meter("read")).maxEventLoopDelayMs,
      });
    }
    scrape = {
      ms: median(scrapes.map(({ ms: duration }) => duration)),
      bytes: median(scrapes.map(({ bytes }) => bytes)),
      maxEventLoopDelayMs: median(scrapes.map(({ maxEventLoopDelayMs }) => maxEventLoopDelayMs)),
    };
  }
  load.close();
  await server.stop();
  return { cpuUs: median(costs), scrape };
}

/**
 * The comparison: the variants run side by side and take turns, a, b, c, … a, b, c, …, so that whatever else the
 * machine does falls on all of them. The figure of a variant is its median round.
 */
import { DOWNSTREAM, Load, type Phase, SMALL } from "./load.ts";
import { type Server, startServer } from "./process.ts";
import { lastScrape, type Signals, signalsOf } from "./signals.ts";
import { median, medianRound, quantile, quotient } from "./statistics.ts";
import { LETTERS, type Letter, variants } from "./variants.ts";

export interface Settings {
  readonly rounds: number;
  /** Length of one phase of one variant in one round, milliseconds. */
  readonly phaseMs: number;
  readonly sessions: number;
}

/** Per call, one tool. */
export interface CallCost {
  /** CPU time of the server process, microseconds. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly allocatedBytes: number;
  /** Share of the CPU time that went into garbage collection on the main thread, 0 to 1. */
  readonly gcShare: number;
}

export interface Row {
  readonly what: string;
  /** By round, as the other two. */
  readonly small: readonly CallCost[];
  readonly downstream: readonly CallCost[];
  /** The small tool at half of (a)'s saturation throughput. */
  readonly paced: readonly CallCost[];
  /** Of a server that has metrics. */
  readonly signals?: Signals;
}

export type Rows = Readonly<Record<Letter, Row>>;

export type Phases = "small" | "downstream" | "paced";
export type Figure = keyof CallCost;

const byRound = (row: Row, phase: Phases, figure: Figure) => row[phase].map((cost) => cost[figure]);

/** The median round. */
export const middle = (row: Row, phase: Phases, figure: Figure): number => median(byRound(row, phase, figure));

/** To (a). */
export const ratio = (rows: Rows, letter: Letter, phase: Phases, figure: Figure): number =>
  medianRound(byRound(rows[letter], phase, figure), byRound(rows.a, phase, figure), quotient);

interface Running {
  readonly server: Server;
  readonly load: Load;
  readonly small: CallCost[];
  readonly downstream: CallCost[];
  readonly paced: CallCost[];
}

/** @param receiver base URL of the OTLP receiver, which is the upstream too */
export async function compare({ rounds, phaseMs, sessions }: Settings, receiver: string): Promise<Rows> {
  const all = variants(receiver);
  const running = new Map<Letter, Running>();
  for (const letter of LETTERS) {
    const server = await startServer(all[letter], letter, receiver);
    const load = new Load(server.url, sessions);
    await load.open(sessions);
    running.set(letter, { server, load, small: [], downstream: [], paced: [] });
  }
  let perSecond = 0;
  for (const [letter, { load }] of running) {
    await load.saturate(DOWNSTREAM, 1000);
    const { calls, seconds } = await load.saturate(SMALL, 3000);
    if (letter === "a") perSecond = calls / seconds / 2;
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const { server, load, small, downstream, paced } of running.values()) {
      small.push(await costOf(server, () => load.saturate(SMALL, phaseMs)));
      downstream.push(await costOf(server, () => load.saturate(DOWNSTREAM, phaseMs)));
      paced.push(await costOf(server, () => load.pace(SMALL, phaseMs, perSecond)));
    }
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  const rows = {} as Record<Letter, Row>;
  for (const [letter, { server, load, small, downstream, paced }] of running) {
    const metrics = await lastScrape(server);
    load.close();
    await server.stop();
    const signals = metrics === undefined ? undefined : await signalsOf(server, metrics, load.sent());
    rows[letter] = {
      what: server.variant.what,
      small,
      downstream,
      paced,
      ...(signals && { signals }),
    };
  }
  return rows;
}

/** What the calls of a phase cost a server. */
export async function costOf(server: Server, calls: () => Promise<Phase>): Promise<CallCost> {
  const before = await server.ask("read");
  const { calls: count, seconds, latencies } = await calls();
  const after = await server.ask("read");
  const cpuUs = after.cpuUs - before.cpuUs;
  return {
    cpuUs: cpuUs / count,
    perSecond: count / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    allocatedBytes: (after.allocatedBytes - before.allocatedBytes) / count,
    gcShare: ((after.gcMs - before.gcMs) * 1000) / cpuUs,
  };
}

/**
 * The comparison of the variants. All servers run at the same time, and the bench measures them in turn (a, b, c, …,
 * a, b, c, …), so that other load on the machine affects them alike. The result of a variant is its median round.
 */
import { DOWNSTREAM, LoadGenerator, type Phase, SMALL } from "./load.ts";
import { type Server, startServer } from "./process.ts";
import { lastScrape, type Signals, signalsOf } from "./signals.ts";
import { divide, median, medianOfRounds, quantile } from "./statistics.ts";
import type { Letter, Variant } from "./variants.ts";

export interface Settings {
  readonly rounds: number;
  /** Length of one phase of one variant in one round, milliseconds. */
  readonly phaseMs: number;
  readonly sessions: number;
}

/** The cost of one call, averaged over one phase. */
export interface CallCost {
  /** CPU time of the server process, microseconds. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly allocatedBytes: number;
  /** System calls that read or write, files and sockets alike. */
  readonly systemCalls: number;
  /** Garbage collection's share of the CPU time, 0 to 1. */
  readonly gcShare: number;
}

export interface Row {
  readonly title: string;
  /** By round; so are the next two. */
  readonly small: readonly CallCost[];
  readonly downstream: readonly CallCost[];
  /** The small tool, called at half of the throughput at which the first variant saturates. */
  readonly paced: readonly CallCost[];
  /** Only of a server that serves its metrics. */
  readonly signals?: Signals;
}

export type Rows = Readonly<Record<Letter, Row>>;

export type PhaseName = "small" | "downstream" | "paced";
export type CostField = keyof CallCost;

const byRound = (row: Row, phase: PhaseName, field: CostField) => row[phase].map((cost) => cost[field]);

/** The median over the rounds. */
export const medianCost = (row: Row, phase: PhaseName, field: CostField): number => median(byRound(row, phase, field));

/** The median over the rounds of this variant's value divided by another's. */
export const ratioOf = (row: Row, base: Row, phase: PhaseName, field: CostField): number =>
  medianOfRounds(byRound(row, phase, field), byRound(base, phase, field), divide);

/** {@link ratioOf} to (a). */
export const ratio = (rows: Rows, letter: Letter, phase: PhaseName, field: CostField): number =>
  ratioOf(rows[letter], rows.a, phase, field);

interface RunningVariant {
  readonly server: Server;
  readonly load: LoadGenerator;
  readonly small: CallCost[];
  readonly downstream: CallCost[];
  readonly paced: CallCost[];
}

/**
 * @param compared by name; the first one's throughput is the measure of half load
 * @param receiver base URL of the OTLP receiver, which is the upstream too
 */
export async function compare<Name extends string>(
  compared: Readonly<Record<Name, Variant>>,
  { rounds, phaseMs, sessions }: Settings,
  receiver: string,
): Promise<Record<Name, Row>> {
  const running = new Map<Name, RunningVariant>();
  for (const name of Object.keys(compared) as Name[]) {
    const server = await startServer(compared[name], name, receiver);
    const load = new LoadGenerator(server, sessions);
    await load.open(sessions);
    running.set(name, { server, load, small: [], downstream: [], paced: [] });
  }
  let perSecond = 0;
  for (const { load } of running.values()) {
    await load.saturate(DOWNSTREAM, 1000);
    const { calls, seconds } = await load.saturate(SMALL, 3000);
    perSecond ||= calls / seconds / 2;
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const { server, load, small, downstream, paced } of running.values()) {
      small.push(await costOf(server, () => load.saturate(SMALL, phaseMs)));
      downstream.push(await costOf(server, () => load.saturate(DOWNSTREAM, phaseMs)));
      paced.push(await costOf(server, () => load.pace(SMALL, phaseMs, perSecond)));
    }
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  const rows = {} as Record<Name, Row>;
  for (const [name, { server, load, small, downstream, paced }] of running) {
    const metrics = await lastScrape(server);
    load.close();
    await server.stop();
    const signals = metrics === undefined ? undefined : await signalsOf(server, metrics, load.sent());
    rows[name] = {
      title: server.variant.title,
      small,
      downstream,
      paced,
      ...(signals && { signals }),
    };
  }
  return rows;
}

/** Measures what the calls of a phase cost the server. */
export async function costOf(server: Server, calls: () => Promise<Phase>): Promise<CallCost> {
  const before = await server.meter("read");
  const { calls: count, seconds, latencies } = await calls();
  const after = await server.meter("read");
  const cpuUs = after.cpuUs - before.cpuUs;
  return {
    cpuUs: cpuUs / count,
    perSecond: count / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    allocatedBytes: (after.allocatedBytes - before.allocatedBytes) / count,
    systemCalls: (after.systemCalls - before.systemCalls) / count,
    gcShare: ((after.gcMs - before.gcMs) * 1000) / cpuUs,
  };
}

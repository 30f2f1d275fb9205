/** One run: the server and what surrounds it, a calm before, the storm, a calm after, and what was seen. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { randomness } from "../../test/support/random.ts";
import type { Sample } from "../lib/open-metrics.ts";
import { type ServerProcess, startServer } from "../lib/server-process.ts";
import type { Observed } from "./accounting.ts";
import type { Target } from "./attacker.ts";
import { type BackEnds, startBackEnds } from "./back-ends.ts";
import { canaryIn } from "./canary.ts";
import { type Counts, metricsIn, observed, recoveryOf } from "./counts.ts";
import { dependencyFailed, turn } from "./faults.ts";
import { add, type Honest, live, newHonestResults, open } from "./honest-callers.ts";
import { readLog } from "./log-count.ts";
import { type LogDisk, openLogDisk } from "./log-disk.ts";
import { cpuMsOf, limitMemory, type MemoryLimit, memoryOf } from "./memory.ts";
import { MEMORY_LIMIT_BYTES, type Ran, type Speed } from "./properties.ts";
import { type Attack, happening, type Schedule } from "./schedule.ts";
import { newTally, sumOfTallies, type Tally } from "./tally.ts";

const HONEST_CALLERS = 4;
/** Node.js takes half of a container's memory for its heap. */
const HEAP_MIB = MEMORY_LIMIT_BYTES / 2 / 1024 ** 2;
/** A server that takes so much is ended, for the sake of the machine. */
const FAR_TOO_MUCH_BYTES = 2 * 1024 ** 3;
const LOOK_MS = 200;
const PROGRESS_MS = 10_000;
const SCRAPE_MS = 5000;
const REST_MS = 60_000;
/** Nothing has changed for so long: the collector was healed, and the exporter's last attempt is over. */
const STILL_MS = 5000;
const SPEED_CALLS = 300;
const TOKENS = { honest: "honest-token", hostile: "hostile-token", other: "other-hostile-token" };

export type Run = Ran & { readonly observed: Observed | undefined };
type Say = (line: string) => void;

export async function run(plan: Schedule, seed: number, ms: number, say: Say): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-chaos-"));
  const disk = openLogDisk(folder);
  const memory = limitMemory(MEMORY_LIMIT_BYTES);
  const backEnds = await startBackEnds();
  say(`the log goes to ${disk.kind}; the limit of memory is ${memory.enforced ? "enforced" : "polled, not enforced"}`);
  let server: ServerProcess | undefined;
  try {
    server = await start(folder, disk, memory, backEnds);
    return await new Chaos(server, disk, backEnds, plan, say).run(seed, ms);
  } finally {
    await server?.kill();
    await backEnds.stop();
    memory.remove();
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As compose starts it. */
async function start(
  folder: string,
  disk: LogDisk,
  { enforced, wrapper }: MemoryLimit,
  { urls }: BackEnds,
): Promise<ServerProcess> {
  const tokens = join(folder, "tokens");
  const line = ([subject, token]: [string, string]) =>
    `${subject}:${createHash("sha256").update(token).digest("hex")}\n`;
  writeFileSync(tokens, Object.entries(TOKENS).map(line).join(""));
  const server = await startServer(
    {
      UPSTREAM_URL: urls.upstream,
      OTEL_EXPORTER_OTLP_ENDPOINT: urls.collector,
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_METRIC_EXPORT_INTERVAL: "15000",
      MCP_INSPECT: "1",
      MCP_AUTH_TOKENS_FILE: tokens,
    },
    {
      wrapper,
      nodeOptions: enforced ? [] : [`--max-old-space-size=${HEAP_MIB}`],
      stdio: ["ignore", disk.stdio, "pipe"],
    },
  );
  disk.started(server.child.stdout);
  return server;
}

class Chaos {
  readonly #server: ServerProcess;
  readonly #disk: LogDisk;
  readonly #backEnds: BackEnds;
  readonly #plan: Schedule;
  readonly #say: Say;
  readonly #honest: Honest;
  readonly #attacker: Worker;
  readonly #ended = new AbortController();
  readonly #canaries = new Map<string, string>();
  #stderr = "";
  #peakBytes = 0;
  #died: string | undefined;
  /** Of `performance.now()`. */
  #stormAt = 0;

  constructor(server: ServerProcess, disk: LogDisk, backEnds: BackEnds, plan: Schedule, say: Say) {
    this.#server = server;
    this.#disk = disk;
    this.#backEnds = backEnds;
    this.#plan = plan;
    this.#say = say;
    const target: Target = { url: server.url, token: TOKENS.hostile, otherToken: TOKENS.other };
    this.#attacker = new Worker(new URL("hostile-worker.ts", import.meta.url), {
      workerData: { ...target, url: server.url.href },
    });
    this.#honest = {
      url: server.url,
      token: TOKENS.honest,
      random: randomness(0),
      tally: newTally(),
      results: newHonestResults(),
      dependencyFailed: (from) =>
        dependencyFailed(plan.faults, from - this.#stormAt, performance.now() - this.#stormAt),
    };
    server.child.stderr?.setEncoding("utf8").on("data", (text) => {
      this.#stderr += text;
    });
    server.child.once("exit", (code, signal) => {
      this.#died ??= `ended by itself: ${signal ?? `exit code ${code}`}; ${this.#stderr.slice(-300).trim()}`;
      this.#ended.abort();
    });
  }

  async run(seed: number, ms: number): Promise<Run> {
    const watching = setInterval(() => this.#watch(), LOOK_MS);
    const before = await this.#speed();
    await this.#storm(seed, ms);
    const hostile = await this.#lastAnswers();
    this.#say("the hostile callers and the faults have ended");
    await this.#rest();
    const stormEnd = await this.#counts();
    const after = await this.#speed();
    await this.#rest();
    const counts = await this.#counts();
    await this.#lookForCanary("inspector", "/inspect.json");
    const tally = sumOfTallies([this.#honest.tally, hostile]);
    const end = await this.#end();
    clearInterval(watching);
    return {
      died: this.#died,
      end,
      honest: this.#honest.results,
      suspects: this.#suspects(),
      peakBytes: this.#peakBytes,
      canaries: [...this.#canaries].map(([where, around]) => `${where}: …${around}…`),
      speed: { before: before ?? { cpuMs: 0 }, after },
      recovery: stormEnd && counts && recoveryOf(stormEnd, counts),
      observed: counts && observed(counts, tally),
    };
  }

  async #storm(seed: number, ms: number): Promise<void> {
    this.#stormAt = performance.now();
    const over = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(ms)]);
    const random = randomness(seed);
    const honest = Array.from({ length: HONEST_CALLERS }, () =>
      live({ ...this.#honest, random: randomness(random.below(2 ** 31)) }, over),
    );
    const progress = setInterval(() => this.#progress(), PROGRESS_MS);
    const scraping = setInterval(() => void this.#lookForCanary("metrics", "/metrics"), SCRAPE_MS);
    await Promise.all([...honest, this.#attack(over), ...this.#plan.faults.map((fault) => this.#fail(fault, over))]);
    clearInterval(progress);
    clearInterval(scraping);
  }

  async #attack(over: AbortSignal): Promise<void> {
    for (const attack of this.#plan.attacks) {
      await this.#until(attack.atMs, over);
      if (!over.aborted) this.#attacker.postMessage(attack satisfies Attack);
    }
    await new Promise((resolve) => (over.aborted ? resolve(0) : over.addEventListener("abort", resolve)));
  }

  async #fail({ fromMs, untilMs, target, mode }: Schedule["faults"][number], over: AbortSignal): Promise<void> {
    await this.#until(fromMs, over);
    if (over.aborted) return;
    await turn(target, mode, this.#backEnds, this.#disk);
    await this.#until(untilMs, over);
    await turn(target, undefined, this.#backEnds, this.#disk);
  }

  #suspects(): Run["suspects"] {
    const calls = new Map<string, number>();
    for (const { fromMs, untilMs } of this.#honest.results.incidents) {
      const names = happening(this.#plan, fromMs - this.#stormAt, untilMs - this.#stormAt);
      for (const name of new Set(names)) calls.set(name, (calls.get(name) ?? 0) + 1);
    }
    return [...calls].sort(([, a], [, b]) => b - a);
  }

  async #until(atMs: number, over: AbortSignal): Promise<void> {
    const ms = this.#stormAt + atMs - performance.now();
    await sleep(Math.max(0, ms), undefined, { signal: over }).catch(() => {});
  }

  async #lastAnswers(): Promise<Tally> {
    this.#attacker.postMessage("end");
    const [tally] = (await once(this.#attacker, "message")) as [Tally];
    await this.#attacker.terminate();
    return tally;
  }

  #watch(): void {
    const memory = memoryOf(this.#server.child.pid ?? 0);
    if (memory === undefined) return;
    this.#peakBytes = Math.max(this.#peakBytes, memory.peakBytes);
    if (memory.residentBytes < FAR_TOO_MUCH_BYTES) return;
    this.#died ??= `ended by this run when it held ${Math.round(memory.residentBytes / 1024 ** 2)} MiB`;
    this.#server.child.kill("SIGKILL");
  }

  #progress(): void {
    const { addMs, lookupMs, wrong } = this.#honest.results;
    const faults = [...wrong.values()].reduce((sum, count) => sum + count, 0);
    const at = Math.round((performance.now() - this.#stormAt) / 1000);
    const mib = Math.round(this.#peakBytes / 1024 ** 2);
    this.#say(`${at} s: ${addMs.length + lookupMs.length} honest calls, ${faults} wrong; memory peak ${mib} MiB`);
  }

  /** What one small call costs, alone. @returns undefined when the server has ended */
  async #speed(): Promise<Speed | undefined> {
    if (!this.#server.alive()) return undefined;
    const cpuMs = () => cpuMsOf(this.#server.child.pid ?? 0);
    const alone: Honest = { ...this.#honest, results: newHonestResults() };
    const session = await open(alone);
    if (session === undefined) return undefined;
    const before = cpuMs();
    for (let call = 0; call < SPEED_CALLS; call += 1) await add(alone, session.client);
    const used = cpuMs() - before;
    await session.leave();
    for (const [text, count] of alone.results.wrong) this.#honest.results.wrong.set(`alone: ${text}`, count);
    return { cpuMs: used / SPEED_CALLS };
  }

  /** Waits until nothing is in flight and nothing more is logged or exported; at most a minute. */
  async #rest(): Promise<void> {
    const deadline = performance.now() + REST_MS;
    let last = "";
    let since = performance.now();
    while (this.#server.alive() && performance.now() < deadline && performance.now() - since < STILL_MS) {
      await sleep(LOOK_MS);
      const samples = await this.#server.samples().catch((): Sample[] => []);
      const { operations, spansExported, spansDropped, inFlight } = metricsIn(samples);
      const now = JSON.stringify([operations, spansExported, spansDropped, inFlight, this.#disk.size()]);
      if (now === last) continue;
      last = now;
      since = performance.now();
    }
  }

  /** @returns undefined when the server has ended */
  async #counts(): Promise<Counts | undefined> {
    if (!this.#server.alive()) return undefined;
    await this.#lookForCanary("metrics", "/metrics");
    const metrics = metricsIn(await this.#server.samples());
    const log = await readLog(this.#disk.read());
    const { taken } = await this.#backEnds.ask({ target: "report" });
    this.#saw("log", log.canary);
    this.#saw("spans", taken.canary);
    this.#saw("stderr", canaryIn(this.#stderr));
    return { metrics, log, taken };
  }

  async #lookForCanary(where: string, path: string): Promise<void> {
    this.#saw(where, canaryIn(await this.#server.adminText(path).catch(() => "")));
  }

  #saw(where: string, canary: string | undefined): void {
    if (canary !== undefined && !this.#canaries.has(where)) this.#canaries.set(where, canary);
  }

  async #end(): Promise<Ran["end"]> {
    if (!this.#server.alive()) return undefined;
    const startedAt = performance.now();
    this.#server.child.removeAllListeners("exit");
    const killed = setTimeout(() => this.#server.child.kill("SIGKILL"), REST_MS);
    const code = await this.#server.stop();
    clearTimeout(killed);
    return { code, ms: performance.now() - startedAt };
  }
}

/** Starts a server or the receiver as a child process, and sends commands to the server's meter. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import type { MeterCommand, Reading } from "./meter.ts";
import type { Variant } from "./variants.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const OUTPUT = `${ROOT}.run/bench`;
const BOOT_MS = 20_000;

export interface Server {
  readonly variant: Variant;
  readonly url: URL;
  readonly metricsUrl: string;
  /** Path of the file that its output goes to. */
  readonly log: string;
  meter(command: MeterCommand): Promise<Reading>;
  stop(): Promise<void>;
}

/** @param name of its log file, and of its profile where there is one */
export async function startServer(variant: Variant, name: string, upstreamUrl: string): Promise<Server> {
  mkdirSync(OUTPUT, { recursive: true });
  const [port, metricsPort] = [await freePort(), await freePort()];
  const profiled = process.env.BENCH_PROFILE?.split(",").includes(name);
  const log = `${OUTPUT}/${name}.log`;
  const child = start(variant.program, [], log, {
    ...(variant.directory !== undefined && { cwd: variant.directory }),
    execArgv: [
      "--expose-gc",
      "--import",
      `${ROOT}dev/bench/meter.ts`,
      ...(variant.preload === undefined ? [] : ["--import", variant.preload]),
    ],
    env: {
      PATH: process.env.PATH ?? "",
      MCP_PORT: String(port),
      METRICS_PORT: String(metricsPort),
      BENCH_UPSTREAM_URL: upstreamUrl,
      ...(profiled && { BENCH_PROFILE_TO: `${OUTPUT}/${name}.cpuprofile` }),
      ...variant.env,
    },
  });
  await listening(port, child);
  return {
    variant,
    log,
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    async meter(command) {
      child.send(command);
      return (await once(child, "message"))[0] as Reading;
    },
    stop: () => stop(child),
  };
}

export interface Receiver {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  mkdirSync(OUTPUT, { recursive: true });
  const port = await freePort();
  const child = start("dev/bench/receiver.ts", [String(port)], `${OUTPUT}/receiver.log`, {});
  await listening(port, child);
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
}

/** The output goes to a file: reading it through a pipe would take CPU time from the measurement. */
function start(
  program: string,
  args: readonly string[],
  log: string,
  options: { execArgv?: string[]; env?: Record<string, string>; cwd?: string },
): ChildProcess {
  const output = openSync(log, "w");
  const child = fork(program, args, { cwd: ROOT, stdio: ["ignore", output, output, "ipc"], ...options });
  closeSync(output);
  return child;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + BOOT_MS;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await Promise.race([once(socket, "connect"), once(socket, "error")]).then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`${child.spawnargs.at(-1)} does not listen on port ${port}: read its log in ${OUTPUT}`);
    }
    await sleep(50);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const killed = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await once(child, "exit");
  clearTimeout(killed);
}

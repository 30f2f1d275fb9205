/** Starts the server as a process on free ports, and asks its operator's listener. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { SERVER_ARGS, testEnvironment } from "../../test/support/running-server.ts";
import { type Sample, samplesIn } from "./open-metrics.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BOOT_MS = 60_000;

export interface ServerProcess {
  readonly url: URL;
  readonly child: ChildProcess;
  /** What its operator's listener answers to GET. */
  adminText(path: string): Promise<string>;
  samples(): Promise<Sample[]>;
  alive(): boolean;
  /** Ends it by SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
  /** Ends it by SIGKILL, if it has not ended. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** Preloads after the telemetry's own. */
  readonly preloads?: readonly string[];
  readonly nodeOptions?: readonly string[];
  /** What stands before the command, such as a program that limits it. It must become the server's own process. */
  readonly wrapper?: readonly string[];
  readonly stdio?: StdioOptions;
}

/** @throws when it is not ready within a minute, or has ended by then */
export async function startServer(own: Record<string, string>, options: ServerOptions = {}): Promise<ServerProcess> {
  const [port, metricsPort] = [String(await freePort()), String(await freePort())];
  const { preloads = [], nodeOptions = [], wrapper = [], stdio = "pipe" } = options;
  const [register = "", preload = "", main = ""] = SERVER_ARGS;
  const imports = [register, preload, ...preloads.flatMap((path) => ["--import", path])];
  const [program = "", ...args] = [...wrapper, process.execPath, ...nodeOptions, ...imports, main];
  const child = spawn(program, args, {
    cwd: ROOT,
    env: testEnvironment({ MCP_PORT: port, METRICS_PORT: metricsPort, ...own }),
    stdio,
  });
  const adminText = (path: string) => text(`http://127.0.0.1:${metricsPort}${path}`);
  const alive = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    if (!alive()) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const deadline = performance.now() + BOOT_MS;
  while ((await adminText("/readyz").catch(() => "")) !== "ready\n") {
    if (!alive() || performance.now() > deadline) {
      await kill();
      throw new Error("the server is not ready");
    }
    await sleep(50);
  }
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    child,
    adminText,
    samples: async () => samplesIn(await adminText("/metrics")),
    alive,
    async stop() {
      if (!alive()) return child.exitCode;
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      return code;
    },
    kill,
  };
}

/** The format that has exemplars. */
const OPEN_METRICS = { accept: "application/openmetrics-text" };

/** Over a connection of its own, which is no part of what the process holds afterwards. */
const text = (url: string) =>
  new Promise<string>((resolve, reject) => {
    get(url, { agent: false, headers: OPEN_METRICS }, (response) => void textOf(response).then(resolve, reject)).on(
      "error",
      reject,
    );
  });

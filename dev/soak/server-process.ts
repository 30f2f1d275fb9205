/** The server of the soak test, as a child process. Its log is discarded; its process statistics are read on request. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import type { ProcessStats } from "../../test/support/process-stats.ts";
import { SERVER_ARGS, testEnvironment } from "../../test/support/running-server.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BOOT_MS = 20_000;

export interface ServerProcess {
  readonly url: URL;
  /** After a garbage collection. */
  processStats(): Promise<ProcessStats>;
  /** The sum of a metric's samples over all labels. */
  metric(name: string): Promise<number>;
  /** @returns its exit code */
  stop(): Promise<number | null>;
}

/** @throws when it exits, or is not ready within 20 s */
export async function startServer(own: Record<string, string>): Promise<ServerProcess> {
  const [port, metricsPort] = [String(await freePort()), String(await freePort())];
  const [register = "", preload = "", main = ""] = SERVER_ARGS;
  const child = spawn(
    process.execPath,
    [register, preload, "--import", "./test/support/process-commands-preload.ts", main],
    {
      cwd: ROOT,
      env: testEnvironment({ MCP_PORT: port, METRICS_PORT: metricsPort, ...own }),
    },
  );
  child.stdout.resume();
  const stderrLines = createInterface(child.stderr);
  const adminText = (path: string) => text(`http://127.0.0.1:${metricsPort}${path}`);
  const deadline = performance.now() + BOOT_MS;
  while ((await adminText("/readyz").catch(() => "")) !== "ready\n") {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(
        child.exitCode === null
          ? `the server is not ready after ${BOOT_MS / 1000} s`
          : `the server exited with code ${child.exitCode}`,
      );
    await sleep(50);
  }
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    async processStats() {
      child.stdin.write("processStats\n");
      for (;;) {
        const [line] = (await once(stderrLines, "line")) as [string];
        if (line.includes('"processStats"')) return JSON.parse(line) as ProcessStats;
      }
    },
    async metric(name) {
      const rows = (await adminText("/metrics")).split("\n");
      const samples = rows.filter((row) => row.startsWith(`${name}{`) || row.startsWith(`${name} `));
      return samples.reduce((sum, row) => sum + Number(row.replace(/^[^ {]+(\{.*?\})? /, "").split(" ")[0]), 0);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

/** Uses a new connection for each request, so that the server holds no idle one afterwards. */
const text = (url: string) =>
  new Promise<string>((resolve, reject) => {
    get(url, { agent: false }, (response) => void textOf(response).then(resolve, reject)).on("error", reject);
  });

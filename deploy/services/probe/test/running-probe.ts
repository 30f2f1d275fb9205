/** Starts the real probe as a child process with its own targets file, and reads its log lines and metrics. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../../test/support/free-port.ts";
import { ROOT } from "../../../stack/settings/environment.ts";
import { toYaml } from "../../../stack/settings/yaml.ts";
import { type Line, sampleValue } from "./probing.ts";

export interface RunningProbe {
  lines(): Line[];
  /** Waits for a log line. @throws when there is none within 5 s */
  line(matches: (line: Line) => boolean): Promise<Line>;
  stderr(): string;
  /** The value of one series; undefined when it does not exist. */
  metric(series: string): Promise<number | undefined>;
  /** Waits until a series has a value. @returns the milliseconds it took @throws when it takes longer than `ms` */
  until(series: string, value: number, ms: number): Promise<number>;
  /** @returns the exit code */
  stop(): Promise<number | null>;
}

/** @param targets as in targets.yml */
export async function runProbe(targets: readonly object[], own: Record<string, string> = {}): Promise<RunningProbe> {
  const file = join(mkdtempSync(join(tmpdir(), "probe-")), "targets.yml");
  writeFileSync(file, toYaml({ targets }));
  const port = await freePort();
  const args = ["--import", "./server/telemetry/register.ts", "deploy/services/probe/main.ts"];
  const env = { PATH: process.env.PATH, PROBE_TARGETS_FILE: file, METRICS_PORT: String(port), ...own };
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...env, OTEL_SERVICE_NAME: "probe" } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const metric = async (series: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
    return sampleValue(series, (await response?.text()) ?? "");
  };
  const lines = () =>
    stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return {
    lines,
    async line(matches) {
      for (const deadline = performance.now() + 5000; performance.now() < deadline; await sleep(20)) {
        const found = lines().find(matches);
        if (found !== undefined) return found;
      }
      throw new Error(`no such line; stdout:\n${stdout}\nstderr:\n${stderr}`);
    },
    stderr: () => stderr,
    metric,
    async until(series, value, ms) {
      const startedAt = performance.now();
      while ((await metric(series)) !== value) {
        if (performance.now() - startedAt > ms || child.exitCode !== null) {
          throw new Error(`${series} is not ${value}; stdout:\n${stdout}\nstderr:\n${stderr}`);
        }
        await sleep(50);
      }
      return performance.now() - startedAt;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

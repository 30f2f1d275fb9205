/** Starts the real probe as a process, with a targets file of its own, and reads what it emits. */
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnChild } from "../../../../test/support/children.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { testEnvironment } from "../../../../test/support/running-server.ts";
import { until } from "../../../../test/support/wait.ts";
import { ROOT } from "../../../stack/settings/environment.ts";
import { toYaml } from "../../../stack/settings/yaml.ts";
import { type Line, sampleValue } from "./probing.ts";

export interface RunningProbe {
  lines(): Line[];
  /** Waits for a log line. @throws when it does not come */
  line(matches: (line: Line) => boolean): Promise<Line>;
  stderr(): string;
  /** The value of one series; undefined when it does not exist. */
  metric(series: string): Promise<number | undefined>;
  /** Waits until a series has a value. @returns the milliseconds it took @throws when it does not get it */
  until(series: string, value: number): Promise<number>;
  /** @returns the exit code */
  stop(): Promise<number | null>;
}

/** @param targets as in targets.yml */
export async function runProbe(targets: readonly object[], own: Record<string, string> = {}): Promise<RunningProbe> {
  const file = join(mkdtempSync(join(tmpdir(), "probe-")), "targets.yml");
  writeFileSync(file, toYaml({ targets }));
  const port = await freePort();
  const args = ["--import", "./server/telemetry/register.ts", "deploy/services/probe/main.ts"];
  const env = testEnvironment({
    PROBE_TARGETS_FILE: file,
    METRICS_PORT: String(port),
    OTEL_SERVICE_NAME: "probe",
    ...own,
  });
  const child = spawnChild(process.execPath, args, { cwd: ROOT, env });
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
  const printed = () => `stdout:\n${stdout}\nstderr:\n${stderr}`;
  return {
    lines,
    line: (matches) =>
      until(
        () => lines().find(matches),
        () => `no such line; ${printed()}`,
      ),
    stderr: () => stderr,
    metric,
    async until(series, value) {
      const startedAt = performance.now();
      await until(
        async () => {
          if (child.exitCode !== null) throw new Error(`the probe has ended; ${printed()}`);
          return (await metric(series)) === value;
        },
        () => `${series} is not ${value}; ${printed()}`,
      );
      return performance.now() - startedAt;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill("SIGTERM");
      const [code] = await once(child, "close");
      return code;
    },
  };
}

/** Starts the real server as a process, with ports of its own, and reads what it emits. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const SERVER_ARGS = ["--import", "./server/telemetry/register.ts", "server/main.ts"];

export type LogLine = Readonly<Record<string, unknown>>;

export interface RunningServer {
  readonly url: URL;
  readonly metricsUrl: string;
  readonly process: ChildProcess;
  /** Complete log lines so far. */
  lines(): LogLine[];
  stderr(): string;
  /** Waits for a log line. @throws when there is none within 10 s */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>;
  metrics(): Promise<string>;
  /** The value of one series, such as `name{label="x"}`; undefined when it does not exist. */
  metric(series: string): Promise<number | undefined>;
  client(init?: RequestInit): Promise<Client>;
  /** Ends the server by a signal. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The environment of a test's server: nothing of the caller's but the path. */
export const testEnvironment = (own: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  MCP_PORT: "0",
  METRICS_PORT: "0",
  MCP_DEMO: "1",
  MCP_TRACE_SAMPLE_RATIO: "1",
  ...own,
});

export async function runServer(own: Record<string, string> = {}): Promise<RunningServer> {
  const child = spawn(process.execPath, SERVER_ARGS, { cwd: ROOT, env: testEnvironment(own) });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const lines = () =>
    stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  const line = async (matches: (line: LogLine) => boolean) => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const found = lines().find(matches);
      if (found !== undefined) return found;
      if (performance.now() > deadline || child.exitCode !== null) {
        throw new Error(`no such log line; stdout:\n${stdout}\nstderr:\n${stderr}`);
      }
      await sleep(20);
    }
  };

  const listening = await line(({ msg }) => msg === "listening");
  const metricsUrl = String(listening.metrics_url);
  const metrics = async () => (await fetch(metricsUrl)).text();
  return {
    url: new URL(String(listening.url)),
    metricsUrl,
    process: child,
    lines,
    stderr: () => stderr,
    line,
    metrics,
    async metric(series) {
      const found = (await metrics()).split("\n").find((text) => text.startsWith(`${series} `));
      return found === undefined ? undefined : Number(found.slice(series.length + 1).split(" ")[0]);
    },
    async client(init) {
      const client = new Client({ name: "test", version: "1.0.0" });
      const transport = new StreamableHTTPClientTransport(
        new URL(String(listening.url)),
        init === undefined ? {} : { requestInit: init },
      );
      await client.connect(transport as Parameters<Client["connect"]>[0]);
      return client;
    },
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

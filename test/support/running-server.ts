/** Starts a real server as a process, over HTTP or stdio, and reads what it emits. */
import assert from "node:assert/strict";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { killAtExit, spawnChild } from "./children.ts";
import { until } from "./wait.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PRELOAD = ["--import", "./server/telemetry/register.ts"];
/** The server with tools that fail on demand. */
const MAIN = "server/test/server-with-test-tools.ts";
export const SERVER_ARGS = [...PRELOAD, MAIN];

/** The format that has exemplars. */
const OPEN_METRICS = { accept: "application/openmetrics-text" };

export type LogLine = Readonly<Record<string, unknown>>;
export const CAPABILITIES = { sampling: {}, roots: { listChanged: true }, elicitation: {} };

/** What a running server of either transport emits. */
export interface Emissions {
  /** Complete log lines so far. */
  lines(): LogLine[];
  /** Lines of finished requests. */
  requests(matches?: (line: LogLine) => boolean): LogLine[];
  /** Waits for so many lines of finished requests: the log is written within 100 ms. @throws when they do not come */
  untilRequests(count: number, matches: (line: LogLine) => boolean): Promise<LogLine[]>;
  /** Waits for a log line. @throws when it does not come */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>;
  /** What was written beside the log. */
  text(): string;
  /** An address at the listener of the metrics. */
  metricsUrl(path: string): Promise<URL>;
  metrics(): Promise<string>;
  /** The value of one series, such as `name{label="x"}`; undefined when it does not exist. */
  metric(series: string): Promise<number | undefined>;
  /** Waits until a series has a value. @throws when it does not get it */
  untilMetric(series: string, value: number): Promise<void>;
}

export interface RunningServer extends Emissions {
  readonly url: URL;
  readonly process: ChildProcessWithoutNullStreams;
  client(init?: RequestInit, name?: string): Promise<Client>;
  /** Resolves when it has ended: its exit code, or the signal that killed it. */
  ended(): Promise<number | NodeJS.Signals>;
  /** Ends the server by a signal. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StdioServer extends Emissions {
  readonly client: Client;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The environment of a test's server: nothing of the caller's but the path, and where compiled modules are kept. */
export const testEnvironment = (own: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
  MCP_PORT: "0",
  METRICS_PORT: "0",
  MCP_TRACE_SAMPLE_RATIO: "1",
  ...own,
});

/** @param main the program, relative to the repository @param args in front of it */
export async function runServer(
  own: Record<string, string> = {},
  main: string = MAIN,
  args: readonly string[] = [],
): Promise<RunningServer> {
  const child = spawnChild(process.execPath, [...PRELOAD, ...args, main], { cwd: ROOT, env: testEnvironment(own) });
  let closed = false;
  child.once("close", () => {
    closed = true;
  });
  const emitted = emissions([child.stdout, child.stderr], () => closed);
  let url: URL;
  try {
    url = new URL(String((await emitted.line(({ msg }) => msg === "listening")).url));
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    ...emitted,
    url,
    process: child,
    async client(init, name = "test") {
      const transport = new StreamableHTTPClientTransport(url, init === undefined ? {} : { requestInit: init });
      const client = new Client({ name, version: "1.0.0" }, { capabilities: CAPABILITIES });
      await client.connect(transport as Transport);
      return client;
    },
    async ended() {
      const [code, signal] = await once(child, "close");
      return code ?? signal;
    },
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      // All that it wrote has been read at its close, which does not come while nobody reads.
      const [code] = await once(child, child.stdout.isPaused() ? "exit" : "close");
      return code;
    },
  };
}

/** The same over stdio, with its one client. */
export async function runStdio(own: Record<string, string> = {}, main: string = MAIN): Promise<StdioServer> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...PRELOAD, main, "--stdio"],
    cwd: ROOT,
    env: testEnvironment(own),
    stderr: "pipe",
  });
  const emitted = emissions([transport.stderr as Readable], () => false);
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities: CAPABILITIES });
  await client.connect(transport);
  const pid = transport.pid ?? assert.fail("it has not started");
  const forget = killAtExit(pid);
  return {
    ...emitted,
    client,
    pid,
    async stop() {
      await client.close();
      forget();
    },
  };
}

/** Reads what a server writes. @param ended whether nothing more will come */
export function emissions(streams: readonly Readable[], ended: () => boolean): Emissions {
  let text = "";
  for (const stream of streams) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
  }
  const parsed: LogLine[] = [];
  let parsedTo = 0;
  const lines = () => {
    const end = text.lastIndexOf("\n") + 1;
    const added = text.slice(parsedTo, end).split("\n");
    parsed.push(...added.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)));
    parsedTo = end;
    return [...parsed];
  };
  const whileRunning = <T>(look: () => T | undefined | Promise<T | undefined>, what: () => string): Promise<T> =>
    until(async () => {
      const gone = ended();
      const found = await look();
      if (found === undefined && gone) throw new Error(`the server has ended: ${what()}`);
      return found;
    }, what);
  const line = (matches: (line: LogLine) => boolean) =>
    whileRunning(
      () => lines().find(matches),
      () => `no such log line; there is:\n${text}`,
    );
  const metricsUrl = async (path: string) => {
    const { metrics_url } = await line(({ msg }) => msg === "telemetry started");
    return new URL(path, String(metrics_url));
  };
  const metrics = async () => (await fetch(await metricsUrl("/metrics"), { headers: OPEN_METRICS })).text();
  const metric = async (series: string) => {
    const found = (await metrics()).split("\n").find((row) => row.startsWith(`${series} `));
    return found === undefined ? undefined : Number(found.slice(series.length + 1).split(" ")[0]);
  };
  const requests = (matches: (line: LogLine) => boolean = () => true) =>
    lines().filter((one) => one.msg === "request" && matches(one));
  return {
    lines,
    requests,
    untilRequests: (count, matches) =>
      whileRunning(
        () => (requests(matches).length >= count ? requests(matches) : undefined),
        () => `there are only ${requests(matches).length} of ${count} such lines`,
      ),
    line,
    text: () => text,
    metricsUrl,
    metrics,
    metric,
    async untilMetric(series, value) {
      let last: number | undefined;
      await whileRunning(
        async () => {
          last = await metric(series);
          return last === value ? true : undefined;
        },
        () => `${series} is ${last}, not ${value}`,
      );
    },
  };
}

/** How the log of a server with one session ends, at an orderly shutdown: the last two lines, with their reasons. */
export const ORDERLY_END = [
  ["session ended", "shutdown"],
  ["telemetry stopped", undefined],
];

export const endOfLog = (server: RunningServer) =>
  server
    .lines()
    .slice(-2)
    .map(({ msg, end_reason }) => [msg, end_reason]);

/**
 * `make soak MINUTES=3` runs sessions against a real server and an OTLP collector. The sessions call tools, vanish
 * without DELETE, abort calls and reconnect their event streams. At the end the memory, handles and sessions that the
 * server holds must be back at their start level; otherwise the exit code is 1.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { COUNTED, grown, untilBaseline } from "../../test/support/baseline.ts";
import type { ProcessStats } from "../../test/support/process-stats.ts";
import { CLIENT_BEHAVIOURS } from "./client-behaviours.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const WARM_UP_MS = 30_000;
/** Concurrent sessions, and a pause after each one, so that the load stays light. */
const WORKERS = 6;
const PAUSE_MS = 20;
const SESSION_IDLE_MS = 1000;
/** Heap that a process still gains after its warm-up: compiled code and type feedback. */
const HEAP_SLACK_BYTES = 1024 ** 2;

const minutes = Number(process.env.MINUTES || 3);
if (!(minutes > 0)) {
  process.stderr.write(`MINUTES: expected a number above 0, not ${process.env.MINUTES}\n`);
  process.exit(1);
}

const upstream = createServer((_request, response) => {
  response.setHeader("content-type", "application/json").end('{"sku":"SKU-1"}');
});
const collector = createServer((request, response) => {
  request.resume().on("end", () => response.end());
});

const server = await startServer({
  UPSTREAM_URL: await listening(upstream),
  OTEL_EXPORTER_OTLP_ENDPOINT: await listening(collector),
  MCP_SESSION_IDLE_MS: String(SESSION_IDLE_MS),
  MCP_KEEP_ALIVE_MS: "5000",
  MCP_MAX_MESSAGES_PER_SECOND: "100000",
});
const fresh = await server.processStats();
await runSessions(WARM_UP_MS);
const start = await untilBaseline(server.processStats, fresh);
const sessions = await runSessions(minutes * 60_000);
const end = await untilBaseline(server.processStats, fresh);
const found = rows(start, end, await metricsAtRest(server));
report(sessions, found);
const code = await server.stop();
process.exit(code !== 0 || found.some((row) => row.grown) ? 1 : 0);

async function listening(http: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** @returns how many sessions ran, by client behaviour */
async function runSessions(ms: number): Promise<Record<string, number>> {
  const until = performance.now() + ms;
  const names = Object.keys(CLIENT_BEHAVIOURS);
  const count = Object.fromEntries(names.map((name) => [name, 0]));
  let next = 0;
  const worker = async () => {
    while (performance.now() < until) {
      const name = names[next++ % names.length] as string;
      await CLIENT_BEHAVIOURS[name]?.(server.url);
      count[name] = (count[name] ?? 0) + 1;
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return count;
}

/** Metrics of the server that must be 0 once no session is open. */
async function metricsAtRest({ metric }: ServerProcess): Promise<Record<string, number>> {
  return {
    mcp_active_sessions: await metric("mcp_active_sessions"),
    mcp_open_streams: await metric("mcp_open_streams"),
    mcp_requests_in_flight: await metric("mcp_requests_in_flight"),
    mcp_trace_spans_dropped_total: await metric("mcp_trace_spans_dropped_total"),
    mcp_log_lines_dropped_total: await metric("mcp_log_lines_dropped_total"),
  };
}

interface Row {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly grown: boolean;
}

function rows(before: ProcessStats, after: ProcessStats, metrics: Record<string, number>): Row[] {
  const mib = (bytes: number) => Math.round((bytes / 1024 ** 2) * 100) / 100;
  const grownCounts = grown(after, fresh);
  return [
    {
      what: "heap after collection, MiB",
      from: mib(before.heapBytes),
      to: mib(after.heapBytes),
      grown: after.heapBytes - before.heapBytes > HEAP_SLACK_BYTES,
    },
    ...COUNTED.map((what) => ({ what, from: fresh[what], to: after[what], grown: grownCounts.includes(what) })),
    ...Object.entries(metrics).map(([what, to]) => ({ what, from: 0, to, grown: to !== 0 })),
  ];
}

function report(sessions: Record<string, number>, found: readonly Row[]): void {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  for (const [name, count] of Object.entries(sessions)) say(`${String(count).padStart(6)} sessions: ${name}`);
  say(`\n${"held by the server".padEnd(32)}${"at start".padStart(10)}${"at end".padStart(10)}`);
  for (const row of found) {
    say(
      `${row.what.padEnd(32)}${String(row.from).padStart(10)}${String(row.to).padStart(10)}${row.grown ? "  GREW" : ""}`,
    );
  }
}

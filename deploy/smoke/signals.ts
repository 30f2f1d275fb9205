/** The three signals of the known run, each where it should be stored. */
import { existsSync, readFileSync } from "node:fs";
import { METRICS } from "../../server/telemetry/conventions.ts";
import { logFile } from "../native/stack.ts";
import type { AgentRun } from "./agent/run.ts";
import { type Backends, eventually } from "./backends.ts";
import { callTree } from "./call-tree.ts";
import { type OtlpReceiver, spansIn } from "./otlp-receiver.ts";
import type { Prometheus } from "./prometheus.ts";
import { type Finding, failed, ok } from "./report.ts";

const STORED_MS = 60_000;
// demo:
/** initialize, initialized, tools/list, two lookups, add, misbehave. */
const LINES = 7;
// demo else:
// /** initialize, initialized, tools/list, add, misbehave. */
// const LINES = 5;
// :demo

const SERIES = `${METRICS.toolCalls.name}{tool_name="misbehave",status="success",transport="http"}`;

/** How often the known run's last call has succeeded so far, by the server's own word. */
export async function callsSoFar(backends: Backends): Promise<number> {
  const metrics = await (await fetch(backends.url("mcp-server", "/metrics"))).text();
  const line = metrics.split("\n").find((text) => text.startsWith(`${SERIES} `));
  return Number(line?.slice(SERIES.length) ?? 0);
}

/** @param before {@link callsSoFar} before the run @param since when it began, in seconds; older samples do not count */
export async function metricSample(prometheus: Prometheus, before: number, since: number): Promise<Finding> {
  const query = `sum(${SERIES})`;
  return finding("metric sample", query, async () => {
    const value = await eventually(STORED_MS, async () => {
      const now = await prometheus.value(`sum(${SERIES} and timestamp(${SERIES}) > ${since})`);
      return now !== undefined && now > before ? now : undefined;
    });
    return `${before} → ${value}`;
  });
}

export async function exemplar(prometheus: Prometheus, { traceId }: AgentRun): Promise<Finding> {
  const query = `${METRICS.toolDuration.name}_bucket{tool_name="misbehave"}`;
  return finding("exemplar of the run", query, async () => {
    await eventually(STORED_MS, async () =>
      (await prometheus.exemplars(query)).some(({ trace_id }) => trace_id === traceId) ? true : undefined,
    );
    return `trace_id ${traceId}`;
  });
}

/** @param receiver smoke's own, where there is no Tempo */
export async function trace(backends: Backends, { traceId }: AgentRun, receiver?: OtlpReceiver): Promise<Finding> {
  const query = receiver ? `OTLP received by smoke: ${traceId}` : `/api/v2/traces/${traceId}`;
  return finding("trace", query, () =>
    eventually(STORED_MS, async () => {
      if (receiver) return callTree(receiver.spans.filter((span) => span.traceId === traceId));
      const { trace } = (await backends.json("tempo", query)) as { trace: unknown };
      return callTree(spansIn(trace));
    }),
  );
}

export async function logLines(backends: Backends, { traceId }: AgentRun): Promise<Finding> {
  const query = `{service_name="mcp-server"} | trace_id="${traceId}"`;
  if (backends.has("loki")) {
    return finding("log lines", query, () =>
      eventually(STORED_MS, async () => enough(await lokiLines(backends, query), traceId)),
    );
  }
  const file = logFile("mcp-server");
  return finding("log lines", `without Loki: ${file.slice(-40)}`, () =>
    eventually(STORED_MS, async () => enough(existsSync(file) ? readFileSync(file, "utf8").split("\n") : [], traceId)),
  );
}

interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: string, line: string])[];
}

export async function lokiStreams(backends: Backends, query: string): Promise<readonly LokiStream[]> {
  const { data } = (await backends.json("loki", "/loki/api/v1/query_range", { query, since: "15m" })) as {
    data: { result: LokiStream[] };
  };
  return data.result;
}

const lokiLines = async (backends: Backends, query: string): Promise<string[]> =>
  (await lokiStreams(backends, query)).flatMap(({ values }) => values.map(([, line]) => line));

function enough(lines: readonly string[], traceId: string): string | undefined {
  const own = lines.filter((line) => line.includes(traceId));
  return own.length >= LINES ? `${own.length} lines` : undefined;
}

/** @param look returns what it saw; what it throws is the reason of the failure */
export async function finding(signal: string, query: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return ok(signal, query, await look());
  } catch (error) {
    return failed(signal, query, error instanceof Error ? error.message : String(error));
  }
}

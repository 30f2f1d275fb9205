/** The three signals of the known run, each where it should be stored. */
import { existsSync, readFileSync } from "node:fs";
import type { AgentRun } from "../../deploy/services/agent/run.ts";
import { logFile } from "../../deploy/stack/native/stack.ts";
import { METRICS } from "../../server/telemetry/conventions.ts";
import { type OtlpReceiver, spansIn } from "../../test/support/otlp-receiver.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { lokiStreams } from "../lib/loki.ts";
import { eventually } from "../lib/poll.ts";
import type { Prometheus } from "../lib/prometheus.ts";
import { type Finding, finding } from "../lib/report.ts";
import { callTree } from "./call-tree.ts";

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
export async function callsSoFar(backEnds: BackEnds): Promise<number> {
  const metrics = await (await fetch(backEnds.url("mcp-server", "/metrics"))).text();
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
export async function trace(backEnds: BackEnds, { traceId }: AgentRun, receiver?: OtlpReceiver): Promise<Finding> {
  const query = receiver ? `OTLP received by smoke: ${traceId}` : `/api/v2/traces/${traceId}`;
  return finding("trace", query, () =>
    eventually(STORED_MS, async () => {
      if (receiver) return callTree(receiver.spans.filter((span) => span.traceId === traceId));
      const { trace } = (await backEnds.json("tempo", query)) as { trace: unknown };
      return callTree(spansIn(trace));
    }),
  );
}

export async function logLines(backEnds: BackEnds, { traceId }: AgentRun): Promise<Finding> {
  const query = `{service_name="mcp-server"} | trace_id="${traceId}"`;
  if (backEnds.has("loki")) {
    return finding("log lines", query, () =>
      eventually(STORED_MS, async () => enough(await lokiLines(backEnds, query), traceId)),
    );
  }
  const file = logFile("mcp-server");
  return finding("log lines", `without Loki: ${file.slice(-40)}`, () =>
    eventually(STORED_MS, async () => enough(existsSync(file) ? readFileSync(file, "utf8").split("\n") : [], traceId)),
  );
}

const lokiLines = async (backEnds: BackEnds, query: string): Promise<string[]> =>
  (await lokiStreams(backEnds, query)).flatMap(({ values }) => values.map(([, line]) => line));

function enough(lines: readonly string[], traceId: string): string | undefined {
  const own = lines.filter((line) => line.includes(traceId));
  return own.length >= LINES ? `${own.length} lines` : undefined;
}

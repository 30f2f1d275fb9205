/** The three signals of the agent's run, each where it should be stored. */
import { existsSync, readFileSync } from "node:fs";
import { METRICS } from "mcp-telemetry/conventions";
import { REJECTED as REJECTED_CALL } from "../../deploy/services/agent/calls.ts";
import type { AgentRun } from "../../deploy/services/agent/run.ts";
import { logFile } from "../../deploy/stack/native/stack.ts";
import { spansIn } from "../../test/support/otlp-receiver.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { lokiStreams } from "../lib/loki.ts";
import { eventually } from "../lib/poll.ts";
import type { Prometheus } from "../lib/prometheus.ts";
import { type Finding, finding } from "../lib/report.ts";
import { callTree } from "./call-tree.ts";

const STORED_MS = 60_000;
/** Log lines of a session beside those of its tool calls: initialize, initialized, tools/list. */
const OTHER_LINES = 3;
/** Calls that the server rejects: the agent of smoke makes one, and no other client does. */
const REJECTED = `tool_name="${REJECTED_CALL.tool}",status="rejected"`;
const SERIES = `${METRICS.toolCalls.name}{${REJECTED},transport="http"}`;

/** How many such calls the server has counted so far, by its own metrics pages. */
export async function callsSoFar(backEnds: BackEnds): Promise<number> {
  const lines = (await backEnds.pages("/metrics")).flatMap((page) => page.split("\n"));
  const calls = lines.filter((line) => line.startsWith(`${SERIES} `)).map((line) => Number(line.slice(SERIES.length)));
  return calls.reduce((sum, each) => sum + each, 0);
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
  const query = `${METRICS.toolDuration.name}_bucket{${REJECTED}}`;
  return finding("exemplar of the run", query, async () => {
    await eventually(STORED_MS, async () =>
      (await prometheus.exemplars(query)).some(({ trace_id }) => trace_id === traceId) ? true : undefined,
    );
    return `trace_id ${traceId}`;
  });
}

/** Where there is no Tempo, nothing exports: the inspector of the server has its part of the trace. */
export async function trace(backEnds: BackEnds, run: AgentRun): Promise<Finding> {
  const { traceId, calls } = run;
  if (!backEnds.has("tempo")) {
    const path = `/inspect.json?q=${traceId}`;
    return finding("trace", `without Tempo: ${path}`, () =>
      eventually(STORED_MS, async () => {
        const views = (await backEnds.pages(path)).map((page): Inspected => JSON.parse(page));
        const own = views.flatMap(({ requests }) => requests.filter((request) => request.traceId === traceId));
        const tools = own.flatMap(({ tool }) => tool ?? []);
        return calls.every(({ tool }) => tools.includes(tool)) ? `${own.length} requests in the inspector` : undefined;
      }),
    );
  }
  const query = `/api/v2/traces/${traceId}`;
  return finding("trace", query, () =>
    eventually(STORED_MS, async () => {
      const { trace } = (await backEnds.json("tempo", query)) as { trace: unknown };
      return callTree(spansIn(trace), run);
    }),
  );
}

/** What is read of the inspector's JSON. */
interface Inspected {
  readonly requests: readonly { readonly traceId?: string; readonly tool?: string }[];
}

export async function logLines(backEnds: BackEnds, { traceId, calls }: AgentRun): Promise<Finding> {
  const query = `{service_name="mcp-server"} | trace_id="${traceId}"`;
  const enough = (lines: readonly string[]): string | undefined => {
    const own = lines.filter((line) => line.includes(traceId));
    return own.length >= OTHER_LINES + calls.length ? `${own.length} lines` : undefined;
  };
  if (backEnds.has("loki")) {
    return finding("log lines", query, () =>
      eventually(STORED_MS, async () => enough(await lokiLines(backEnds, query))),
    );
  }
  const files = backEnds.servers().map((name) => logFile(name));
  return finding("log lines", `without Loki: ${files.join(" ").slice(-40)}`, () =>
    eventually(STORED_MS, async () => enough(files.filter(existsSync).flatMap(linesOf))),
  );
}

const linesOf = (file: string): string[] => readFileSync(file, "utf8").split("\n");

const lokiLines = async (backEnds: BackEnds, query: string): Promise<string[]> =>
  (await lokiStreams(backEnds, query)).flatMap(({ values }) => values.map(([, line]) => line));

/** The lines that a server sends by OTLP, in a real Loki, beside the same lines as Promtail sends them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { parse } from "yaml";
import { lokiProgram } from "../test/support/loki-program.ts";
import { type LogLine, runStdio } from "../test/support/running-server.ts";
import { until } from "../test/support/wait.ts";

type Labels = Readonly<Record<string, string>>;

interface Entry {
  readonly labels: Labels;
  readonly metadata: Labels;
  readonly line: string;
}

const { skip, start } = lokiProgram();
let url = "";

before(async () => {
  if (!skip) url = await start();
});

/** What Promtail makes of a line, by its configuration. */
function shipped(line: LogLine): readonly [labels: Labels, metadata: Labels] {
  const [{ pipeline_stages: stages }] = parse(
    readFileSync(join(import.meta.dirname, "promtail.yml"), "utf8"),
  ).scrape_configs;
  const picked = (stage: string): Labels => {
    const names = Object.keys(stages.find((each: object) => stage in each)[stage]);
    return Object.fromEntries(names.flatMap((name) => (line[name] === undefined ? [] : [[name, String(line[name])]])));
  };
  return [picked("labels"), picked("structured_metadata")];
}

async function push(service_name: string, lines: readonly LogLine[]): Promise<void> {
  const streams = lines.map((line) => {
    const [labels, metadata] = shipped(line);
    const time = BigInt(Date.parse(String(line.time))) * 1_000_000n;
    return { stream: { service_name, ...labels }, values: [[String(time), JSON.stringify(line), metadata]] };
  });
  const answer = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams }),
  });
  assert.equal(answer.status, 204, await answer.text());
}

/** Labels and structured metadata apart. */
async function entries(service: string, filter = ""): Promise<readonly Entry[]> {
  const query = new URLSearchParams({ query: `{service_name="${service}"} ${filter}`, since: "1h", limit: "1000" });
  const answer = await fetch(`${url}/loki/api/v1/query_range?${query}`, {
    headers: { "x-loki-response-encoding-flags": "categorize-labels" },
  });
  const { data } = (await answer.json()) as {
    data: {
      result: { stream: Labels; values: [time: string, line: string, { structuredMetadata?: Labels }][] }[];
    };
  };
  return data.result.flatMap(({ stream, values }) =>
    values.map(([, line, { structuredMetadata = {} }]) => ({ labels: stream, metadata: structuredMetadata, line })),
  );
}

/** What Loki adds to every line, and to every one that comes by OTLP. */
const ADDED = ["detected_level", "scope_name", "severity_number", "severity_text", "flags", "service_instance_id"];

const without = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));

const sorted = (found: readonly Entry[]) =>
  found
    .map(({ labels, metadata, line }) => ({
      labels: without(labels, ["service_name", "detected_level"]),
      metadata: without(metadata, ADDED),
      line,
    }))
    .toSorted((a, b) => (a.line < b.line ? -1 : 1));

test("a line has the same labels, structured metadata and text by both ways, and both find it", { skip }, async () => {
  const own = {
    OTEL_SERVICE_NAME: "by-otlp",
    OTEL_TRACES_EXPORTER: "console",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/otlp/v1/logs`,
    MCP_REPLICA: "replica-1",
    LOG_LEVEL: "debug",
  };
  const server = await runStdio(own, "server/test/fixture-server.ts");
  await server.client.callTool({ name: "echo", arguments: { value: "x" } });
  await server.client.callTool({ name: "fail", arguments: { value: "x" } });
  await server.untilRequests(2, ({ method }) => method === "tools/call");
  await server.stop();
  await server.line(({ msg }) => msg === "telemetry stopped");
  const lines = server.lines();
  await push("by-promtail", lines);
  const byOtlp = await until(
    async () => {
      const found = await entries("by-otlp");
      return found.length === lines.length && found;
    },
    () => `${lines.length} lines`,
  );
  const byPromtail = await until(async () => {
    const found = await entries("by-promtail");
    return found.length === lines.length && found;
  }, "the same lines");
  assert.deepEqual(sorted(byOtlp), sorted(byPromtail));
  const labels = byOtlp.map((entry) => entry.labels);
  assert.ok(labels.some(({ logger }) => logger === "audit"));
  assert.ok(labels.some(({ level }) => level === "error"));
  assert.ok(byOtlp.every(({ metadata }) => metadata.service_instance_id === "replica-1"));
  for (const filter of ['| tool_name="echo"', '| json | outcome="error"', '| trace_id=~".+"']) {
    const count = (await entries("by-otlp", filter)).length;
    assert.deepEqual([count > 0, count], [true, (await entries("by-promtail", filter)).length], filter);
  }
});

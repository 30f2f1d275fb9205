/**
 * `make capture`: writes down every name that the running stack exports (metrics, labels, log fields, attributes)
 * to `grafana/captured/`, where the agreement tests compare queries with it. Names only, no value. What it cannot
 * reach it says, and keeps as it was captured before.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CapturedLogs, CapturedMetrics, CapturedTraces } from "../../grafana/agreement/captured.ts";
import { Backends } from "../smoke/backends.ts";
import { ROOT, stackVariables } from "../stack/environment.ts";
import { logNames } from "./logs.ts";
import { metricNames } from "./metrics.ts";
import { sortedJson } from "./sorted-json.ts";
import { traceNames } from "./traces.ts";
import { everyKindOfTraffic } from "./traffic.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const path = (name: string) => join(ROOT, "grafana", "captured", `${name}.json`);
const before = (name: string): unknown => (existsSync(path(name)) ? JSON.parse(readFileSync(path(name), "utf8")) : {});

function write(name: string, content: CapturedMetrics | CapturedLogs | CapturedTraces): void {
  writeFileSync(path(name), sortedJson(content));
  say(`captured ${path(name).slice(ROOT.length)}`);
}

async function capture(): Promise<readonly string[]> {
  const variables = stackVariables();
  const backends = await Backends.find(variables);
  for (const needed of ["mcp-server", "prometheus"] as const) {
    if (!backends.has(needed)) throw new Error(`${needed} is not up: make up`);
  }
  say("traffic of every kind, then a scrape of every job: up to a minute");
  await everyKindOfTraffic(backends, variables);

  const metrics = await metricNames(backends, before("metrics") as CapturedMetrics);
  write("metrics", metrics.names);
  const missed = [...metrics.missed];
  if (backends.has("loki")) write("logs", await logNames(backends, before("logs") as CapturedLogs));
  else missed.push("loki: log fields");
  if (backends.has("tempo")) write("traces", await traceNames(backends));
  else missed.push("tempo: attributes");
  return missed;
}

try {
  for (const what of await capture()) say(`could not reach ${what} (kept as captured before)`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

/**
 * `make capture`: writes down every name that the running stack exports (metrics, labels, log fields, attributes)
 * to `grafana/captured/`, where tests compare queries with them. Names only, no values. It prints which parts of the
 * stack it could not reach, and keeps their names as captured before.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import type { CapturedLogs, CapturedMetrics, CapturedTraces } from "../../grafana/validation/captured.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { sortedJson } from "../lib/sorted-json.ts";
import { logNames } from "./logs.ts";
import { metricNames } from "./metrics.ts";
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
  const backEnds = await BackEnds.find(variables);
  for (const needed of ["mcp-server", "prometheus"] as const) {
    if (!backEnds.has(needed)) throw new Error(`${needed} does not answer: run make up first`);
  }
  say("causing traffic of every kind, then waiting until every job is scraped: this takes up to a minute");
  await everyKindOfTraffic(backEnds, variables);

  const metrics = await metricNames(backEnds, before("metrics") as CapturedMetrics);
  write("metrics", metrics.names);
  const missed = [...metrics.missed];
  if (backEnds.has("loki")) write("logs", await logNames(backEnds, before("logs") as CapturedLogs));
  else missed.push("loki: log fields");
  if (backEnds.has("tempo")) write("traces", await traceNames(backEnds));
  else missed.push("tempo: attributes");
  return missed;
}

try {
  for (const what of await capture()) say(`could not reach ${what}: what was captured before is kept`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

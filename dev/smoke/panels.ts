/** Every query of a panel must have an answer, or a part of the stack or of the tools that it needs is not there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AUDIT_LOGGER, METRICS } from "mcp-telemetry/conventions";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import type { BoardJson } from "../../grafana/src/board-json.ts";
import { EXTERNAL_METRICS } from "../../grafana/src/external-metrics.ts";
import { type PanelQuery, panelQueries } from "../../grafana/src/panel-queries.ts";
import type { runAgentOnce } from "../lib/agent-run.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import type { Prometheus } from "../lib/prometheus.ts";
import { type Finding, finding, notVerified } from "../lib/report.ts";

/** Rules that are evaluated every minute need two. */
const ANSWER_MS = 150_000;
const BOARDS = join(ROOT, "grafana", "dashboards");

/** The tool of the probe's canary: it is called every few seconds. */
const TOOL = "add";

const OF_RESOURCES = [
  METRICS.resourceReads,
  METRICS.resourceDuration,
  METRICS.resourceErrors,
  METRICS.resourceOutputBytes,
];
const OF_PROMPTS = [
  METRICS.promptGets,
  METRICS.promptDuration,
  METRICS.promptErrors,
  METRICS.promptInputBytes,
  METRICS.promptOutputBytes,
];

/** Metrics that exist as soon as the server has what they count: the first of each tells. */
const OF_WHAT_IS_OFFERED = [
  { metrics: [METRICS.bulkheadRunning, METRICS.bulkheadQueued, METRICS.bulkheadLimit], what: "tool with a bulkhead" },
  { metrics: [METRICS.circuitBreakerOpen, EXTERNAL_METRICS.httpClientDuration], what: "tool with a dependency" },
  { metrics: OF_RESOURCES, what: "resource" },
  { metrics: OF_PROMPTS, what: "prompt" },
];

/** In the queries over the alerts that fire: they have no answer while all is well. */
const OF_ALERTS = EXTERNAL_METRICS.alertsSince.name;

type InSession = Awaited<ReturnType<typeof runAgentOnce>>;

interface Looked {
  readonly backEnds: BackEnds;
  readonly prometheus: Prometheus;
  /** Its session is shown by the board that is about one session. */
  readonly run: InSession;
  /** Whether a tool that may change something was called. */
  readonly written: boolean;
}

/** The panels that always have data, or those that have some while an alert fires. */
export async function panels(
  { backEnds, prometheus, run, written }: Looked,
  when: "always" | "an alert fires",
): Promise<Finding[]> {
  const queries = readdirSync(BOARDS).flatMap((file) => {
    const board = JSON.parse(readFileSync(join(BOARDS, file), "utf8")) as BoardJson;
    const all = panelQueries(board, { tool: TOOL, session: run.sessionId });
    return all
      .filter(({ query }) => query.includes(OF_ALERTS) === (when === "an alert fires"))
      .map((query) => ({ ...query, board: board.uid }));
  });
  const otlp = await prometheus.takesOtlp();
  const page = (await backEnds.pages("/metrics")).join("\n");
  const absent = OF_WHAT_IS_OFFERED.filter(({ metrics: [first] }) => !page.includes(`\n${first?.name}{`));
  return Promise.all(
    queries.map((query) => {
      const signal = `${query.board} "${query.panel}" ${query.refId}`;
      const unused = absent.find(({ metrics }) => metrics.some(({ name }) => query.query.includes(name)));
      const unwritten = !written && query.query.includes(`"${AUDIT_LOGGER}"`);
      const missing =
        missingPart(query, backEnds, otlp) ??
        (unused && `there is no ${unused.what}`) ??
        (unwritten ? "no tool that may change something was called" : undefined);
      if (missing !== undefined) return notVerified(signal, query.query, missing);
      return finding(signal, query.query, () =>
        eventually(ANSWER_MS, async () => ((await hasData(query, backEnds, prometheus)) ? "data" : undefined)),
      );
    }),
  );
}

function missingPart({ datasource, needs }: PanelQuery, backEnds: BackEnds, otlp: boolean): string | undefined {
  for (const need of [datasource, ...needs]) {
    if (need === "otlp-receiver" ? !otlp : !backEnds.has(need)) return `there is no ${need}`;
  }
  return undefined;
}

async function hasData(query: PanelQuery, backEnds: BackEnds, prometheus: Prometheus): Promise<boolean> {
  if (query.datasource === "prometheus") return prometheus.hasData(query.query, query.instant);
  if (query.datasource === "loki") {
    const { data } = (await backEnds.json("loki", "/loki/api/v1/query_range", {
      query: query.query,
      since: "30m",
    })) as { data: { result: unknown[] } };
    return data.result.length > 0;
  }
  const found = (await backEnds.json("tempo", "/api/search", { q: query.query })) as { traces?: unknown[] };
  return (found.traces ?? []).length > 0;
}

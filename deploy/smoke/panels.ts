/** Every question that a panel of a board asks must have an answer. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardJson } from "../../grafana/src/board-json.ts";
import { type PanelQuery, panelQueries } from "../../grafana/src/panel-queries.ts";
import { ROOT } from "../stack/environment.ts";
import { type Backends, eventually } from "./backends.ts";
import type { Prometheus } from "./prometheus.ts";
import { type Finding, notVerified } from "./report.ts";
import { finding } from "./signals.ts";

const ANSWER_MS = 75_000;
const BOARDS = join(ROOT, "grafana", "dashboards");

export async function panels(backends: Backends, prometheus: Prometheus): Promise<Finding[]> {
  const queries = readdirSync(BOARDS).flatMap((file) =>
    panelQueries(JSON.parse(readFileSync(join(BOARDS, file), "utf8")) as BoardJson),
  );
  const otlp = await prometheus.takesOtlp();
  return Promise.all(
    queries.map((query) => {
      const signal = `panel "${query.panel}" ${query.refId}`;
      const missing = missingPart(query, backends, otlp);
      if (missing !== undefined) return notVerified(signal, query.query, `there is no ${missing}`);
      return finding(signal, query.query, () =>
        eventually(ANSWER_MS, async () => ((await hasData(query, backends, prometheus)) ? "data" : undefined)),
      );
    }),
  );
}

function missingPart({ datasource, needs }: PanelQuery, backends: Backends, otlp: boolean): string | undefined {
  if (datasource !== "prometheus" && !backends.has(datasource)) return datasource;
  if (needs.includes("tempo") && !backends.has("tempo")) return "Tempo";
  return needs.includes("otlp-receiver") && !otlp ? "OTLP receiver in this Prometheus" : undefined;
}

async function hasData(query: PanelQuery, backends: Backends, prometheus: Prometheus): Promise<boolean> {
  if (query.datasource === "prometheus") return prometheus.hasData(query.query, query.instant);
  if (query.datasource === "loki") {
    const { data } = (await backends.json("loki", "/loki/api/v1/query_range", {
      query: query.query,
      since: "30m",
    })) as { data: { result: unknown[] } };
    return data.result.length > 0;
  }
  const found = (await backends.json("tempo", "/api/search", { q: query.query })) as { traces?: unknown[] };
  return (found.traces ?? []).length > 0;
}

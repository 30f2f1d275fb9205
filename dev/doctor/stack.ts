/** What is wrong with a stack that runs: components, scrapes, losses, alerts, and how old the newest signals are. */
import { EXTERNAL_METRICS } from "../../grafana/src/external-metrics.ts";
import { METRICS } from "../../server/telemetry/conventions.ts";
import type { BackEnds, Component } from "../lib/back-ends.ts";
import { lokiStreams } from "../lib/loki.ts";
import { Prometheus } from "../lib/prometheus.ts";
import type { Finding } from "./finding.ts";

/** The probe calls every few seconds. */
const OLD_SECONDS = 300;

/** @param expected what this stack consists of */
export async function stack(backEnds: BackEnds, expected: readonly Component[]): Promise<Finding[]> {
  const parts = expected.map((component) => health(component, backEnds));
  const asked = [
    backEnds.has("prometheus") ? [scrapes(backEnds), losses(backEnds), alerts(backEnds)] : [],
    backEnds.has("tempo") ? [age("newest trace", newestTrace(backEnds), "tempo")] : [],
    backEnds.has("loki") ? [age("newest log line", newestLine(backEnds), "loki")] : [],
  ].flat();
  return [...parts, ...(await Promise.all(asked)).flat()];
}

const health = (component: Component, backEnds: BackEnds): Finding =>
  backEnds.has(component)
    ? { what: component, seen: `ready at ${backEnds.url(component)}` }
    : {
        what: component,
        seen: `does not answer at ${backEnds.url(component)}`,
        remedy: `make logs SERVICE=${component} says why; make up starts it again`,
      };

async function scrapes(backEnds: BackEnds): Promise<Finding[]> {
  const { data } = (await backEnds.json("prometheus", "/api/v1/targets", { state: "active" })) as {
    data: { activeTargets: { labels: { job: string }; scrapeUrl: string; health: string; lastError: string }[] };
  };
  const failing = data.activeTargets.filter(({ health: state }) => state !== "up");
  if (failing.length === 0) return [{ what: "scrapes", seen: `${data.activeTargets.length} targets are up` }];
  return failing.map(({ labels, scrapeUrl, lastError }) => ({
    what: `scrape ${labels.job}`,
    seen: lastError || "not scraped yet",
    remedy: `curl ${scrapeUrl} shows what Prometheus gets; make logs SERVICE=${labels.job}`,
  }));
}

/** Counters that stay at 0 while nothing is lost, and where to look when one does not. */
const LOSSES: readonly (readonly [what: string, metric: string, remedy: string])[] = [
  ["trace exports", METRICS.exportFailures.name, "does Tempo answer, and is OTEL_EXPORTER_OTLP_ENDPOINT its address?"],
  ["spans", METRICS.spansDropped.name, "more calls than the export takes: see prometheus/runbooks/MCPTelemetryLoss.md"],
  ["log lines of the server", METRICS.logLinesDropped.name, "who reads its output is too slow or gone"],
  [
    "log lines on their way to Loki",
    EXTERNAL_METRICS.linesDropped.name,
    "Loki refuses them, or is down: make logs SERVICE=loki",
  ],
  ["notifications", EXTERNAL_METRICS.notificationsDropped.name, "does Alertmanager answer?"],
];

async function losses(backEnds: BackEnds): Promise<Finding[]> {
  const prometheus = new Prometheus(backEnds);
  const lost = await Promise.all(
    LOSSES.map(async ([what, metric, remedy]): Promise<Finding[]> => {
      const count = (await prometheus.value(`sum(increase(${metric}[15m]))`)) ?? 0;
      return count > 0 ? [{ what: `lost ${what}`, seen: `${Math.ceil(count)} in 15 minutes`, remedy }] : [];
    }),
  );
  return lost.flat().length > 0 ? lost.flat() : [{ what: "losses", seen: "none in 15 minutes" }];
}

async function alerts(backEnds: BackEnds): Promise<Finding[]> {
  const { data } = (await backEnds.json("prometheus", "/api/v1/alerts")) as {
    data: { alerts: { state: string; labels: Record<string, string>; annotations: Record<string, string> }[] };
  };
  const firing = data.alerts.filter(({ state, labels }) => state === "firing" && labels.severity !== "none");
  if (firing.length === 0) return [{ what: "alerts", seen: "none fires" }];
  return firing.map(({ labels: { alertname = "" }, annotations }) => ({
    what: alertname,
    seen: annotations.summary ?? "fires",
    remedy: `prometheus/runbooks/${alertname}.md`,
  }));
}

async function newestTrace(backEnds: BackEnds): Promise<number | undefined> {
  const now = Math.floor(Date.now() / 1000);
  const { traces = [] } = (await backEnds.json("tempo", "/api/search", {
    q: "{} with (most_recent=true)",
    start: `${now - 3600}`,
    end: `${now}`,
    limit: "1",
  })) as { traces?: { startTimeUnixNano: string }[] };
  return traces[0] && Number(traces[0].startTimeUnixNano) / 1e6;
}

async function newestLine(backEnds: BackEnds): Promise<number | undefined> {
  const streams = await lokiStreams(backEnds, '{service_name=~".+"}');
  const times = streams.flatMap(({ values }) => values.map(([time]) => Number(time) / 1e6));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** @param at of the newest, in milliseconds since 1970 @param carrier who brings it */
async function age(what: string, at: Promise<number | undefined>, carrier: Component): Promise<Finding[]> {
  const newest = await at;
  const seconds = newest === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (Date.now() - newest) / 1000);
  const seen = newest === undefined ? "none" : `${seconds.toFixed(0)} s old`;
  const remedy = `make smoke makes a call; if that leaves none either: make logs SERVICE=${carrier}`;
  return [{ what, seen, remedy: seconds > OLD_SECONDS ? remedy : undefined }];
}

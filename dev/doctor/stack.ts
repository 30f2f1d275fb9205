/** Checks a running stack: its components, scrapes, lost signals, firing alerts, and the age of the newest signals. */

import { METRICS } from "mcp-telemetry/conventions";
import { EXTERNAL_METRICS } from "../../grafana/src/external-metrics.ts";
import type { BackEnds, Component } from "../lib/back-ends.ts";
import { lokiStreams } from "../lib/loki.ts";
import { eventually } from "../lib/poll.ts";
import { Prometheus } from "../lib/prometheus.ts";
import type { Finding } from "./finding.ts";

/** Signals older than this are a problem: the probe calls every few seconds. */
const MAX_AGE_SECONDS = 300;
/** Longer than `scrape_interval`. */
const NEXT_SCRAPE_MS = 20_000;

/** @param expected the components of this stack */
export async function stack(backEnds: BackEnds, expected: readonly Component[]): Promise<Finding[]> {
  const components = expected.map((component) => health(component, backEnds));
  const checks = [
    backEnds.has("prometheus") ? [scrapes(backEnds), losses(backEnds), alerts(backEnds)] : [],
    backEnds.has("tempo") ? [age("newest trace", newestTrace(backEnds), "tempo")] : [],
    backEnds.has("loki") ? [age("newest log line", newestLine(backEnds), "loki")] : [],
  ].flat();
  return [...components, ...(await Promise.all(checks)).flat()];
}

const health = (component: Component, backEnds: BackEnds): Finding =>
  backEnds.has(component)
    ? { subject: component, found: `ready at ${backEnds.url(component)}` }
    : {
        subject: component,
        found: `does not answer at ${backEnds.url(component)}`,
        fix: `make logs SERVICE=${component} (shows why); make up (starts it again)`,
      };

interface Target {
  readonly labels: { readonly job: string };
  readonly scrapeUrl: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastScrape: string;
  readonly lastError: string;
}

async function targets(backEnds: BackEnds): Promise<readonly Target[]> {
  const { data } = (await backEnds.json("prometheus", "/api/v1/targets", { state: "active" })) as {
    data: { activeTargets: readonly Target[] };
  };
  return data.activeTargets;
}

/** A scrape fails if the next one does too: the first may have come before the process listened. */
async function scrapes(backEnds: BackEnds): Promise<Finding[]> {
  const seen = new Map((await targets(backEnds)).map(({ scrapeUrl, lastScrape }) => [scrapeUrl, lastScrape]));
  const isOpen = ({ health: state, scrapeUrl, lastScrape }: Target) =>
    state === "unknown" || (state === "down" && lastScrape === seen.get(scrapeUrl));
  await eventually(NEXT_SCRAPE_MS, async () => ((await targets(backEnds)).some(isOpen) ? undefined : true)).catch(
    () => {},
  );
  const all = await targets(backEnds);
  const failing = all.filter(({ health: state }) => state !== "up");
  if (failing.length === 0) return [{ subject: "scrapes", found: `${all.length} targets are up` }];
  return failing.map(({ labels, scrapeUrl, lastError }) => ({
    subject: `scrape ${labels.job}`,
    found: lastError || "not scraped yet",
    fix: `curl ${scrapeUrl} (shows what Prometheus gets); make logs SERVICE=${labels.job}`,
  }));
}

/** Counters that rise when a signal is lost, each with what to do then. */
const LOSSES: readonly (readonly [lost: string, metric: string, fix: string])[] = [
  [
    "trace exports",
    METRICS.exportFailures.name,
    "they are tried again for some minutes. make logs SERVICE=tempo; check that OTEL_EXPORTER_OTLP_ENDPOINT is Tempo's address",
  ],
  [
    "spans",
    METRICS.spansDropped.name,
    "spans arrive faster than they are exported: follow prometheus/runbooks/MCPTelemetryLoss.md",
  ],
  [
    "log lines of the server",
    METRICS.logLinesDropped.name,
    "the reader of its stdout is too slow or has stopped: follow prometheus/runbooks/MCPTelemetryLoss.md",
  ],
  [
    "log lines between shipper and Loki",
    EXTERNAL_METRICS.linesDropped.name,
    "Loki is down or refuses them: make logs SERVICE=loki",
  ],
  [
    "alert notifications",
    EXTERNAL_METRICS.notificationsDropped.name,
    "Alertmanager does not accept them: make logs SERVICE=alertmanager",
  ],
];

async function losses(backEnds: BackEnds): Promise<Finding[]> {
  const prometheus = new Prometheus(backEnds);
  const findings = await Promise.all(
    LOSSES.map(async ([lost, metric, fix]): Promise<Finding[]> => {
      const count = (await prometheus.value(`sum(increase(${metric}[15m]))`)) ?? 0;
      return count > 0 ? [{ subject: `lost ${lost}`, found: `${Math.ceil(count)} in the last 15 minutes`, fix }] : [];
    }),
  );
  return findings.flat().length > 0
    ? findings.flat()
    : [{ subject: "lost signals", found: "none in the last 15 minutes" }];
}

async function alerts(backEnds: BackEnds): Promise<Finding[]> {
  const { data } = (await backEnds.json("prometheus", "/api/v1/alerts")) as {
    data: { alerts: { state: string; labels: Record<string, string>; annotations: Record<string, string> }[] };
  };
  const firing = data.alerts.filter(({ state, labels }) => state === "firing" && labels.severity !== "none");
  if (firing.length === 0) return [{ subject: "alerts", found: "none is firing" }];
  return firing.map(({ labels: { alertname = "" }, annotations }) => ({
    subject: alertname,
    found: annotations.summary ?? "is firing",
    fix: `follow prometheus/runbooks/${alertname}.md`,
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

/** @param time of the newest signal, in milliseconds since 1970 @param backEnd the component that stores it */
async function age(subject: string, time: Promise<number | undefined>, backEnd: Component): Promise<Finding[]> {
  const newest = await time;
  const seconds = newest === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (Date.now() - newest) / 1000);
  const found = newest === undefined ? "none in the last hour" : `${seconds.toFixed(0)} s old`;
  const fix = `make smoke calls the server; if no new one arrives: make logs SERVICE=${backEnd}`;
  return [{ subject, found, fix: seconds > MAX_AGE_SECONDS ? fix : undefined }];
}

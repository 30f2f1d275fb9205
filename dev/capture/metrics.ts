/** Every metric that Prometheus has a fresh series of: its labels, the jobs it comes from, and its exemplars' labels. */
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { readYaml } from "../../deploy/stack/settings/yaml.ts";
import type { CapturedMetric, CapturedMetrics } from "../../grafana/validation/captured.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { Prometheus } from "../lib/prometheus.ts";

const MINUTES = 15;
/** The job of series that no scrape brought: alerts, and what Tempo's generator writes. */
const NO_JOB = "";
const OTLP = "otlp-receiver";

export interface Captured {
  readonly names: CapturedMetrics;
  readonly missed: readonly string[];
}

/** @param before the last capture: kept for jobs that are not up */
export async function metricNames(backEnds: BackEnds, before: CapturedMetrics): Promise<Captured> {
  const names = new Map<string, { jobs: Set<string>; labels: Set<string> }>();
  for (const { __name__ = "", job = NO_JOB, ...labels } of await seriesNow(backEnds)) {
    // A recording rule's result: nothing exports it.
    if (__name__.includes(":")) continue;
    const entry = names.get(__name__) ?? { jobs: new Set(), labels: new Set() };
    names.set(__name__, entry);
    entry.jobs.add(job);
    for (const label of Object.keys(labels)) entry.labels.add(label);
  }
  const missed = await partsMissing(backEnds);
  const exemplars = await exemplarLabels(backEnds);
  const now: Record<string, CapturedMetric> = Object.fromEntries(
    [...names].map(([name, { jobs, labels }]) => [name, entryOf(jobs, labels, exemplars.get(name))]),
  );
  for (const { target, metric, type } of await announcements(backEnds)) {
    const name = type === "counter" ? `${metric.replace(/_total$/, "")}_total` : metric;
    if (["counter", "gauge"].includes(type) && !(name in now) && !(metric in now)) {
      now[name] = { jobs: [target.job], labels: [], announced: true };
    }
  }
  const kept = Object.entries(before).filter(
    ([name, metric]) => now[name] === undefined && sourcesOf(metric).some((source) => missed.includes(source)),
  );
  return { names: { ...now, ...Object.fromEntries(kept) }, missed: missed.map((source) => `${source}: metrics`) };
}

/** A series without a job is Tempo's; one with a job and without an instance was pushed by OTLP. */
const sourcesOf = ({ jobs, labels }: CapturedMetric): readonly string[] => [
  ...jobs.map((job) => (job === NO_JOB ? "tempo" : job)),
  ...(jobs.some((job) => job !== NO_JOB) && !labels.includes("instance") ? [OTLP] : []),
];

const entryOf = (jobs: Set<string>, labels: Set<string>, exemplars?: Set<string>): CapturedMetric => ({
  jobs: [...jobs].sort(),
  labels: [...labels, ...([...jobs].some((job) => job !== NO_JOB) ? ["job"] : [])].sort(),
  ...(exemplars && { exemplars: [...exemplars].sort() }),
});

type Labels = Readonly<Record<string, string>>;

const range = (): { start: string; end: string } => {
  const now = Date.now() / 1000;
  return { start: `${now - MINUTES * 60}`, end: `${now}` };
};

async function seriesNow(backEnds: BackEnds): Promise<readonly Labels[]> {
  const parameters = { "match[]": '{__name__=~".+"}', ...range() };
  return ((await backEnds.json("prometheus", "/api/v1/series", parameters)) as { data: Labels[] }).data;
}

interface Announcement {
  readonly target: { readonly job: string };
  /** Without `_total`, as OpenMetrics names what a counter counts. */
  readonly metric: string;
  readonly type: string;
}

/** The metrics that scraped pages declare, with or without a series. */
async function announcements(backEnds: BackEnds): Promise<readonly Announcement[]> {
  return ((await backEnds.json("prometheus", "/api/v1/targets/metadata")) as { data: Announcement[] }).data;
}

async function exemplarLabels(backEnds: BackEnds): Promise<ReadonlyMap<string, Set<string>>> {
  const parameters = { query: '{__name__=~".+"}', ...range() };
  const { data } = (await backEnds.json("prometheus", "/api/v1/query_exemplars", parameters)) as {
    data: { seriesLabels: Labels; exemplars: { labels: Labels }[] }[];
  };
  const found = new Map<string, Set<string>>();
  for (const { seriesLabels, exemplars } of data) {
    const labels = exemplars.flatMap((exemplar) => Object.keys(exemplar.labels));
    const name = seriesLabels.__name__ ?? "";
    found.set(name, new Set([...(found.get(name) ?? []), ...labels]));
  }
  return found;
}

/** Jobs of prometheus.yml without a target that answers, and the OTLP receiver, which not every Prometheus has. */
async function partsMissing(backEnds: BackEnds): Promise<readonly string[]> {
  const { data } = (await backEnds.json("prometheus", "/api/v1/targets", { state: "active" })) as {
    data: { activeTargets: { labels: Labels; health: string }[] };
  };
  const up = new Set(data.activeTargets.filter(({ health }) => health === "up").map(({ labels }) => labels.job));
  const file = readYaml(join(ROOT, "prometheus", "prometheus.yml")) as { scrape_configs: { job_name: string }[] };
  const jobs = file.scrape_configs.map(({ job_name }) => job_name).filter((job) => !up.has(job));
  return (await new Prometheus(backEnds).takesOtlp()) ? jobs : [...jobs, OTLP];
}

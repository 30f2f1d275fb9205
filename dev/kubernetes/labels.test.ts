/** Every label that a rule or a board needs is produced in a cluster: by the ServiceMonitors, and by Alloy's configuration. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { type CapturedLogs, type CapturedMetrics, captured } from "../../grafana/validation/captured.ts";
import { EMITTED_METRICS } from "../../grafana/validation/emitted-metrics.ts";
import { unknownNamesInLogql } from "../../grafana/validation/logql.ts";
import { unknownNamesInPromql } from "../../grafana/validation/promql.ts";
import { allQueries, type PlacedQuery } from "../../grafana/validation/queries.ts";
import { rules } from "../../prometheus/rule-files.ts";
import { type Manifest, manifestsIn, read } from "./names.ts";

interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly regex?: string;
  readonly replacement?: string;
}
interface Monitor {
  readonly jobLabel: string;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints: readonly {
    readonly port: string;
    readonly relabelings: readonly Relabeling[];
    readonly metricRelabelings?: readonly Relabeling[];
  }[];
}

const base = ["server", "router", "probe", "agent"].flatMap((file) => manifestsIn(read("base", `${file}.yaml`)));
const monitors = manifestsIn(read("base/monitors.yaml")).map(({ spec }) => spec as Monitor);

/** What the operator adds to each target, unless the metric has such a label itself: that one is then renamed. */
const OPERATOR = ["job", "instance", "namespace", "pod", "service", "endpoint", "container"];

const matches = ({ metadata }: Manifest, { selector }: Monitor): boolean =>
  Object.entries(selector.matchLabels).every(([name, value]) => metadata.labels?.[name] === value);

/** The value of the label `job`: that of the Service's label which the monitor names. */
function jobOf(monitor: Monitor): string {
  const [service, ...others] = base.filter((one) => one.kind === "Service" && matches(one, monitor));
  assert.ok(service !== undefined && others.length === 0, JSON.stringify(monitor.selector));
  const { ports } = service.spec as { ports: readonly { name: string }[] };
  for (const { port } of monitor.endpoints)
    assert.ok(
      ports.some(({ name }) => name === port),
      `${port} of ${service.metadata.name}`,
    );
  return (
    service.metadata.labels?.[monitor.jobLabel] ?? assert.fail(`${service.metadata.name} has no ${monitor.jobLabel}`)
  );
}

/** The jobs of the charts, which deploy/kubernetes/stack names as the Compose stack does; Tempo's is its Service's name. */
const stackJobs = ["loki", "tempo", "prometheus"].flatMap((name) => {
  const text = read("stack", `${name}.yaml`);
  const named = [...text.matchAll(/targetLabel: job, replacement: (\w+)/g)].map(([, job = ""]) => job);
  return named.length > 0 ? named : [(parse(text) as { fullnameOverride: string }).fullnameOverride];
});
const jobs = new Set([...monitors.map(jobOf), ...stackJobs]);

/** Processes of the Compose stack that have no place in a cluster, and Promtail, whose metrics Alloy has. */
const ELSEWHERE = new Set([
  "agent",
  "catalog", // demo
  "promtail",
]);

const inCluster: CapturedMetrics = Object.fromEntries(
  Object.entries(captured().metrics).map(([name, metric]) => {
    const defined = EMITTED_METRICS.find((definition) => definition.name === name)?.labels ?? [];
    const labels = metric.announced ? [...defined, "job", "instance"] : metric.labels;
    return [
      name,
      { ...metric, labels, jobs: metric.jobs.filter((job) => job === "" || jobs.has(job) || ELSEWHERE.has(job)) },
    ];
  }),
);

const isRecorded = (problem: string) => rules.some(({ record }) => problem === `metric ${record} does not exist`);
const problemsOf = (language: PlacedQuery["language"], check: (query: string) => readonly string[]) =>
  allQueries()
    .filter((placed) => placed.language === language)
    .flatMap(({ where, query }) => check(query).map((problem) => `${where}: ${problem}`));

describe("metrics", () => {
  test("every job that a query names is a ServiceMonitor's, and every metric in it comes from one", () => {
    assert.ok(jobs.has("probe") && jobs.size > 7, [...jobs].join(", "));
    assert.deepEqual(
      problemsOf("promql", (query) => unknownNamesInPromql(query, inCluster).filter((problem) => !isRecorded(problem))),
      [],
    );
    const lost = Object.entries(inCluster).filter(
      ([name, { jobs: left }]) => name.startsWith("mcp_") && left.length === 0,
    );
    assert.deepEqual(
      lost.map(([name]) => name),
      [],
    );
  });

  test("`instance` is the pod's name, which is MCP_REPLICA, the beginning of session ids", () => {
    for (const { endpoints } of monitors) {
      for (const { relabelings } of endpoints) {
        assert.deepEqual(relabelings, [{ sourceLabels: ["__meta_kubernetes_pod_name"], targetLabel: "instance" }]);
      }
    }
    assert.match(
      read("base/server.yaml"),
      /name: MCP_REPLICA\n +valueFrom: \{ fieldRef: \{ fieldPath: metadata\.name \} \}/,
    );
  });

  test("no metric that a query uses has a label that the operator's would rename", () => {
    const own = Object.entries(captured().metrics).flatMap(([name, { labels }]) =>
      /^(mcp|nodejs|process)_/.test(name) ? labels.filter((label) => !["job", "instance"].includes(label)) : [],
    );
    assert.ok(own.includes("tool_name"));
    assert.deepEqual(
      own.filter((label) => OPERATOR.includes(label)),
      [],
    );
  });

  test("Alloy's metrics get Promtail's names as in the Compose stack", () => {
    const { scrape_configs } = parse(readFileSync(join(ROOT, "prometheus/prometheus.yml"), "utf8"));
    const { metric_relabel_configs } = scrape_configs.find(
      ({ job_name }: { job_name: string }) => job_name === "alloy",
    );
    const renamed = monitors.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ metricRelabelings = [] }) => metricRelabelings),
    );
    const [sent] = metric_relabel_configs;
    assert.deepEqual(renamed, [
      {
        sourceLabels: sent.source_labels,
        regex: sent.regex,
        targetLabel: sent.target_label,
        replacement: sent.replacement,
      },
    ]);
    assert.match(read("base/pods.alloy"), /name += "read_lines_total"[\s\S]*prefix += "promtail_"/);
  });
});

describe("log lines", () => {
  const pods = read("base/pods.alloy");
  const lines = read("rendered/lines.alloy");
  const keysOf = (stage: string): string[] => {
    const [, block = ""] = new RegExp(`stage\\.${stage} \\{\\s+values = \\{([^}]*)\\}`).exec(lines) ?? [];
    return [...block.matchAll(/(\w+)\s*=/g)].map(([, name = ""]) => name);
  };
  const targets = [...pods.matchAll(/target_label\s+= "(\w+)"/g)].map(([, name = ""]) => name);
  const dropped = /stage\.label_drop \{\s+values = \[(.*)\]/.exec(pods)?.[1] ?? "";
  const produced: CapturedLogs = Object.fromEntries(
    Object.entries(captured().logs).map(([service, { fields, metadata }]) => [
      service,
      {
        labels: [...targets, ...keysOf("labels")].filter((label) => !dropped.includes(`"${label}"`)),
        // Loki adds the level that it finds.
        metadata: [...keysOf("structured_metadata"), ...metadata.filter((name) => name === "detected_level")],
        fields,
      },
    ]),
  );

  test("every label and every structured metadata that a query names is produced by Alloy", () => {
    assert.ok(keysOf("structured_metadata").includes("trace_id"));
    assert.deepEqual(
      problemsOf("logql", (query) => unknownNamesInLogql(query, produced)),
      [],
    );
  });

  test("the label service_name is the pod's name in metrics and traces, and Alloy finds every pod that logs", () => {
    assert.match(
      pods,
      /source_labels = \["__meta_kubernetes_pod_label_app_kubernetes_io_name"\]\n\s+target_label += "service_name"/,
    );
    const [, name = "", value = ""] = /label = "(\w+)=(\w+)"/.exec(pods) ?? [];
    const shipped = base.flatMap(({ spec }) => {
      const labels = (spec as { template?: { metadata: { labels: Record<string, string> } } } | undefined)?.template
        ?.metadata.labels;
      return labels?.[name] === value ? (labels["app.kubernetes.io/name"] ?? []) : [];
    });
    assert.deepEqual(shipped.sort(), ["mcp-server", "probe", "router"].sort());
  });

  test("lines.alloy sends to the Loki of the stack's namespace, and pods.alloy to lines.alloy", () => {
    assert.match(lines, /url\s+= "http:\/\/loki\.monitoring:3100\/loki\/api\/v1\/push"/);
    assert.match(pods, /forward_to = \[loki\.process\.lines\.receiver\]/);
    assert.match(lines, /loki\.process "lines" \{/);
  });
});

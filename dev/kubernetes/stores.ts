/**
 * Values for the charts of the stores, from the files of the Compose stack: limits, retention, image versions, alert routes and
 * data sources. What differs in a cluster (replicas, disks, object stores) is written by hand in deploy/kubernetes/stack.
 */
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { mapTexts, readYaml, toYaml } from "../../deploy/stack/settings/yaml.ts";
import { image, setting } from "./images.ts";
import { inCluster } from "./names.ts";

type Settings = Readonly<Record<string, unknown>>;
/** Of a parsed file whose shape its own program checks. */
type Tree = { readonly [key: string]: Tree };

const file = (path: string): Tree => mapTexts(readYaml(join(ROOT, path)), (text) => inCluster(text)) as Tree;

const OBJECT_STORE = "s3";

/** Loki merges this over the configuration that the chart writes. */
export function lokiValues(): Settings {
  const { auth_enabled, limits_config, schema_config, compactor, ruler, analytics } = file("loki/loki.yml");
  const [schema] = (schema_config as unknown as { configs: readonly Settings[] }).configs;
  const { ring: _, ...rulerAlone } = ruler ?? {};
  const { tag, digest } = image("LOKI_IMAGE");
  return {
    loki: {
      image: { tag, digest },
      auth_enabled,
      schemaConfig: { configs: [{ ...schema, object_store: OBJECT_STORE }] },
      structuredConfig: {
        limits_config,
        compactor: { ...compactor, working_directory: "/var/loki/compactor", delete_request_store: OBJECT_STORE },
        ruler: {
          ...rulerAlone,
          storage: { type: "local", local: { directory: "/rules" } },
          rule_path: "/var/loki/rules-temp",
          wal: { dir: "/var/loki/ruler-wal" },
          // Each rule is evaluated by one replica, not by all.
          enable_sharding: true,
          ring: { kvstore: { store: "memberlist" } },
        },
        analytics,
      },
    },
  };
}

/** The parts of tempo.yml that hold for one process and for many. */
function tempoSettings() {
  const { server, querier, metrics_generator, overrides, usage_report, query_frontend, live_store } =
    file("tempo/tempo.yml");
  const { grpc_server_max_recv_msg_size, grpc_server_max_send_msg_size } = server ?? {};
  return {
    server: { grpc_server_max_recv_msg_size, grpc_server_max_send_msg_size },
    querier,
    metrics_generator,
    overrides,
    usage_report,
    query_frontend,
    live_store,
  };
}

/** Tempo replaces it by the variable of its environment. */
const expanded = (variable: string): string => `\${${variable}}`;

/** Replaces the whole configuration that the chart writes. */
export function tempoValues(): Settings {
  const configuration = file("tempo/tempo.yml");
  const { tag } = image("TEMPO_IMAGE");
  const { local: _, ...trace } = configuration.storage?.trace ?? {};
  const store = {
    bucket: expanded("TEMPO_BUCKET"),
    endpoint: expanded("TEMPO_ENDPOINT"),
    region: expanded("TEMPO_REGION"),
  };
  const config = { ...configuration, storage: { trace: { ...trace, backend: OBJECT_STORE, s3: store } } };
  return { tempo: { tag }, config: toYaml(config) };
}

/** Tempo merges this over the configuration that the chart of many processes writes. */
export function distributedTempoValues(): Settings {
  const { server, querier, metrics_generator, overrides, usage_report, query_frontend } = tempoSettings();
  const { tag } = image("TEMPO_IMAGE");
  const structuredConfig = {
    server,
    querier,
    query_frontend,
    metrics_generator: {
      processor: metrics_generator?.processor,
      storage: { remote_write: metrics_generator?.storage?.remote_write },
    },
    overrides,
    usage_report,
  };
  return { tempo: { image: { tag }, structuredConfig } };
}

/** For kube-prometheus-stack: Prometheus, Alertmanager and Grafana. */
export function prometheusValues(): Settings {
  const { global, storage } = file("prometheus/prometheus.yml");
  return {
    prometheus: {
      prometheusSpec: {
        image: chartImage("PROMETHEUS_IMAGE"),
        scrapeInterval: global?.scrape_interval,
        evaluationInterval: global?.evaluation_interval,
        retention: setting("PROMETHEUS_RETENTION_TIME"),
        retentionSize: setting("PROMETHEUS_RETENTION_SIZE"),
        tsdb: { outOfOrderTimeWindow: storage?.tsdb?.out_of_order_time_window },
      },
    },
    alertmanager: {
      alertmanagerSpec: { image: chartImage("ALERTMANAGER_IMAGE") },
      config: alertRoutes(),
    },
    grafana: {
      image: { tag: image("GRAFANA_IMAGE").tag },
      datasources: { "datasources.yaml": file("grafana/provisioning/datasources/datasources.yml") },
    },
  };
}

const chartImage = (variable: string) => {
  const { repository, tag, digest } = image(variable);
  return {
    registry: "docker.io",
    repository,
    tag,
    ...(digest !== undefined && { sha: digest.replace("sha256:", "") }),
  };
};

/** Alertmanager's operator mounts a Secret below this folder. */
const RECEIVERS = "/etc/alertmanager/secrets/alert-receivers";

const alertRoutes = (): unknown =>
  mapTexts(file("prometheus/alertmanager.receivers.yml"), (text) => text.replace(/^\/run\/secrets(?=\/)/, RECEIVERS));

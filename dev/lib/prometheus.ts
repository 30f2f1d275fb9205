/** The part of Prometheus' HTTP API that is used here. */
import type { BackEnds } from "./back-ends.ts";

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Rule {
  readonly name: string;
  readonly state: "inactive" | "pending" | "firing";
  /** `for`, in seconds. */
  readonly duration: number;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly state: string }[];
}

/** Loki's ruler answers as Prometheus does. @throws when there is no alerting rule of that name */
export async function ruleOf(backEnds: BackEnds, ruler: "prometheus" | "loki", name: string): Promise<Rule> {
  const path = ruler === "loki" ? "/prometheus/api/v1/rules" : "/api/v1/rules";
  const { data } = (await backEnds.json(ruler, path, { type: "alert" })) as {
    data: { groups: { rules: Rule[] }[] };
  };
  const rule = data.groups.flatMap(({ rules }) => rules).find((candidate) => candidate.name === name);
  if (rule === undefined) throw new Error(`${ruler} has no alert ${name}`);
  return { ...rule, alerts: rule.alerts ?? [] };
}

export class Prometheus {
  readonly #backEnds: BackEnds;

  constructor(backEnds: BackEnds) {
    this.#backEnds = backEnds;
  }

  /** The sum of an instant query's values; undefined when it has none. */
  async value(query: string): Promise<number | undefined> {
    const series = await this.#ask("/api/v1/query", { query });
    const values = series.map(({ value }) => Number(value?.[1]));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  }

  /** Whether a query has at least one number to show. */
  async hasData(query: string, instant: boolean): Promise<boolean> {
    const now = Date.now() / 1000;
    const series = instant
      ? await this.#ask("/api/v1/query", { query })
      : await this.#ask("/api/v1/query_range", { query, start: `${now - 300}`, end: `${now}`, step: "15" });
    return series.some(({ value, values }) =>
      (value === undefined ? (values ?? []) : [value]).some(([, number]) => !Number.isNaN(Number(number))),
    );
  }

  /** The labels of a metric's exemplars, the oldest first. */
  async exemplars(query: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const now = Date.now() / 1000;
    const { data } = (await this.#backEnds.json("prometheus", "/api/v1/query_exemplars", {
      query,
      start: `${now - 900}`,
      end: `${now + 60}`,
    })) as { data: { exemplars: { labels: Record<string, string>; timestamp: number }[] }[] };
    const all = data.flatMap(({ exemplars }) => exemplars).sort((one, other) => one.timestamp - other.timestamp);
    return all.map(({ labels }) => labels);
  }

  /** @throws when there is no alerting rule of that name */
  rule(name: string): Promise<Rule> {
    return ruleOf(this.#backEnds, "prometheus", name);
  }

  /** Whether it takes OTLP metrics, which is a flag that not every build has. */
  async takesOtlp(): Promise<boolean> {
    const response = await fetch(this.#backEnds.url("prometheus", "/api/v1/otlp/v1/metrics"), {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: new Uint8Array(),
    });
    return response.ok;
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<readonly Series[]> {
    const { data } = (await this.#backEnds.json("prometheus", path, parameters)) as {
      data: { result: Series[] };
    };
    return data.result;
  }
}

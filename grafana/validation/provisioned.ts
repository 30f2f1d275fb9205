/** Grafana's provisioned data sources, with the links between signals that they configure. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { DatasourceType } from "../src/datasources.ts";

interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface DerivedField {
  readonly name: string;
  readonly matcherType: "label" | "regex";
  readonly matcherRegex: string;
  readonly url: string;
  readonly datasourceUid?: string;
}

interface JsonData {
  readonly prometheus: {
    readonly alertmanagerUid: string;
    readonly exemplarTraceIdDestinations: readonly { readonly name: string; readonly datasourceUid: string }[];
  };
  readonly loki: { readonly alertmanagerUid: string; readonly derivedFields: readonly DerivedField[] };
  readonly tempo: {
    readonly tracesToLogsV2: { readonly datasourceUid: string; readonly tags: readonly Tag[]; readonly query: string };
    readonly tracesToMetrics: {
      readonly datasourceUid: string;
      readonly tags: readonly Tag[];
      readonly queries: readonly { readonly name: string; readonly query: string }[];
    };
    readonly serviceMap: { readonly datasourceUid: string };
    readonly nodeGraph: { readonly enabled: boolean };
  };
}

export type DataSources = {
  readonly [T in DatasourceType]: { readonly type: T; readonly uid: string; readonly jsonData: JsonData[T] };
};

const FILE = join(import.meta.dirname, "../provisioning/datasources/datasources.yml");

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

const all = (): readonly DataSource[] =>
  // Grafana reads `$$` in this file as `$`.
  (parse(readFileSync(FILE, "utf8").replaceAll("$$", "$")) as { datasources: DataSource[] }).datasources;

/** By type; there is one data source of each type. */
export const dataSources = (): DataSources =>
  Object.fromEntries(all().map((source) => [source.type, source])) as unknown as DataSources;

export const uids = (): readonly string[] => all().map(({ uid }) => uid);

/** Replaces `${name}` and `$name` in a text, as Grafana does at a click. Unknown variables stay. */
export const expanded = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{([\w.]+)\}|\$(\w+)/g, (written, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ""];
    return value ?? written;
  });

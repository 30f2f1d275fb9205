/**
 * Of each service's lines in Loki: stream labels, structured metadata, and the dotted paths of the JSON in them. Not
 * every failure happens during a capture, so fields that were captured before are kept. Delete the file to drop them.
 */
import type { CapturedLogs } from "../../grafana/validation/captured.ts";
import type { BackEnds } from "../lib/back-ends.ts";

/** A label that Promtail adds where it reads files, and not in containers. */
const ONLY_NATIVE = "filename";

interface Streams {
  readonly data: {
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [string, string, { readonly structuredMetadata?: Record<string, string> }])[];
    }[];
  };
}

export async function logNames(backEnds: BackEnds, before: CapturedLogs): Promise<CapturedLogs> {
  const { data } = (await backEnds.json("loki", "/loki/api/v1/label/service_name/values")) as { data: string[] };
  return Object.fromEntries(
    await Promise.all(
      data.map(async (service) => [service, await namesOf(backEnds, service, before[service]?.fields)] as const),
    ),
  );
}

async function namesOf(
  backEnds: BackEnds,
  service: string,
  before: readonly string[] = [],
): Promise<CapturedLogs[string]> {
  const labels = new Set<string>();
  const metadata = new Set<string>();
  const fields = new Set(before);
  for (const { stream, values } of await newestStreams(backEnds, service)) {
    for (const label of Object.keys(stream)) if (label !== ONLY_NATIVE) labels.add(label);
    for (const [, line, { structuredMetadata = {} }] of values) {
      for (const name of Object.keys(structuredMetadata)) metadata.add(name);
      for (const path of pathsIn(line)) fields.add(path);
    }
  }
  return { labels: [...labels].sort(), metadata: [...metadata].sort(), fields: [...fields].sort() };
}

/** Without the header, Loki mixes structured metadata into the stream's labels. */
async function newestStreams(backEnds: BackEnds, service: string): Promise<Streams["data"]["result"]> {
  const parameters = { query: `{service_name="${service}"}`, since: "15m", limit: "2000" };
  const headers = { "X-Loki-Response-Encoding-Flags": "categorize-labels" };
  const found = (await backEnds.json("loki", "/loki/api/v1/query_range", parameters, headers)) as Streams;
  return found.data.result;
}

const pathsIn = (line: string): string[] => {
  try {
    return paths(JSON.parse(line), "");
  } catch {
    return [];
  }
};

const paths = (value: unknown, path: string): string[] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, member]) => paths(member, path === "" ? key : `${path}.${key}`))
    : [path];

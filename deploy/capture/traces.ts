/** Of each service's spans in Tempo: attributes by scope; and the intrinsic fields that its TraceQL knows. */
import type { CapturedTraces } from "../../grafana/agreement/captured.ts";
import type { Backends } from "../smoke/backends.ts";
import { type TracesData, tracesOf } from "../smoke/otlp-receiver.ts";

/** Good ones and failed ones: they have different attributes. */
const SEARCHES = ["{ %s }", "{ %s && status = error }"];

export async function traceNames(backends: Backends): Promise<CapturedTraces> {
  const services = await values(backends, "/api/v2/search/tag/resource.service.name/values");
  const { scopes } = (await backends.json("tempo", "/api/v2/search/tags", { scope: "intrinsic" })) as {
    scopes: { tags: string[] }[];
  };
  const traces: TracesData[] = [];
  for (const id of await traceIds(backends, services)) traces.push(await traceById(backends, id));
  return {
    intrinsics: scopes.flatMap(({ tags }) => tags).sort(),
    services: Object.fromEntries(services.map((service) => [service, attributesOf(service, traces)])),
  };
}

async function values(backends: Backends, path: string): Promise<readonly string[]> {
  const { tagValues } = (await backends.json("tempo", path)) as { tagValues: { value: string }[] };
  return tagValues.map(({ value }) => value);
}

/** One search after the other: Tempo's queue is short. */
async function traceIds(backends: Backends, services: readonly string[]): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const service of services) {
    for (const search of SEARCHES) {
      const q = search.replace("%s", `resource.service.name = "${service}"`);
      const found = (await backends.json("tempo", "/api/search", { q, limit: "30" })) as Found;
      for (const { traceID } of found.traces ?? []) ids.add(traceID);
    }
  }
  return ids;
}

interface Found {
  readonly traces?: readonly { readonly traceID: string }[];
}

async function traceById(backends: Backends, id: string): Promise<TracesData> {
  return ((await backends.json("tempo", `/api/v2/traces/${id}`)) as { trace: TracesData }).trace;
}

function attributesOf(service: string, traces: readonly TracesData[]): CapturedTraces["services"][string] {
  const names = { resource: new Set<string>(), span: new Set<string>(), event: new Set<string>() };
  for (const { resource, span } of traces.flatMap(tracesOf)) {
    if (resource["service.name"] !== service) continue;
    for (const key of Object.keys(resource)) names.resource.add(key);
    for (const key of Object.keys(span.attributes)) names.span.add(key);
    for (const key of span.events.flatMap(({ attributes }) => Object.keys(attributes))) names.event.add(key);
  }
  return { resource: [...names.resource].sort(), span: [...names.span].sort(), event: [...names.event].sort() };
}

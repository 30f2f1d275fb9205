/** Of each service's spans in Tempo: attributes by scope; and the intrinsic fields that its TraceQL knows. */
import type { CapturedTraces } from "../../grafana/validation/captured.ts";
import { type TracesData, tracesOf } from "../../test/support/otlp-receiver.ts";
import type { BackEnds } from "../lib/back-ends.ts";

/** Successful and failed spans: they have different attributes. */
const SEARCHES = ["{ %s }", "{ %s && status = error }"];

export async function traceNames(backEnds: BackEnds): Promise<CapturedTraces> {
  const services = await values(backEnds, "/api/v2/search/tag/resource.service.name/values");
  const { scopes } = (await backEnds.json("tempo", "/api/v2/search/tags", { scope: "intrinsic" })) as {
    scopes: { tags: string[] }[];
  };
  const traces: TracesData[] = [];
  for (const id of await traceIds(backEnds, services)) traces.push(await traceById(backEnds, id));
  return {
    intrinsics: scopes.flatMap(({ tags }) => tags).sort(),
    services: Object.fromEntries(services.map((service) => [service, attributesOf(service, traces)])),
  };
}

async function values(backEnds: BackEnds, path: string): Promise<readonly string[]> {
  const { tagValues } = (await backEnds.json("tempo", path)) as { tagValues: { value: string }[] };
  return tagValues.map(({ value }) => value);
}

/** Searches run one after the other: Tempo's queue is short. */
async function traceIds(backEnds: BackEnds, services: readonly string[]): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const service of services) {
    for (const search of SEARCHES) {
      const q = search.replace("%s", `resource.service.name = "${service}"`);
      const found = (await backEnds.json("tempo", "/api/search", { q, limit: "30" })) as Found;
      for (const { traceID } of found.traces ?? []) ids.add(traceID);
    }
  }
  return ids;
}

interface Found {
  readonly traces?: readonly { readonly traceID: string }[];
}

async function traceById(backEnds: BackEnds, id: string): Promise<TracesData> {
  return ((await backEnds.json("tempo", `/api/v2/traces/${id}`)) as { trace: TracesData }).trace;
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

/**
 * The size of the tools' definitions, as the newest `tools/list` sent them: the model of each client reads them all. They
 * are measured at a scrape, not when a list is sent.
 */
import { METRICS } from "../conventions.ts";
import { gauge, serverLabel } from "../metrics/define.ts";
import type { MetricsRegistry } from "../metrics/registry.ts";
import { asFields, type Fields } from "../request/call.ts";
import { jsonSize } from "./json-size.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export type Definitions = ReturnType<typeof definitionsOf>;

/** @returns makes what measures the tools of one server */
export function toolDefinitions(registry: MetricsRegistry) {
  const servers: { readonly name: string | undefined; readonly definitions: Definitions }[] = [];
  gauge(registry, METRICS.toolDefinitionBytes, (metric) => {
    metric.reset();
    for (const { name, definitions } of servers) {
      for (const [tool_name, bytes] of definitions.bytesByTool())
        metric.set({ tool_name, ...serverLabel(name) }, bytes);
    }
  });
  gauge(registry, METRICS.toolsListBytes, (metric) => {
    metric.reset();
    for (const { name, definitions } of servers) {
      const bytes = definitions.listBytes();
      if (bytes !== undefined) metric.set(serverLabel(name), bytes);
    }
  });
  return (tools: ToolCatalogue, name?: string): Definitions => {
    const definitions = definitionsOf(tools);
    servers.push({ name, definitions });
    return definitions;
  };
}

function definitionsOf(tools: ToolCatalogue) {
  let newest: Fields | undefined;
  let measured: Fields | undefined;
  let listBytes = 0;
  const bytesOf = new Map<string, number>();

  const measure = () => {
    if (newest === measured) return;
    measured = newest;
    bytesOf.clear();
    listBytes = jsonSize(newest);
    for (const definition of Array.isArray(newest?.tools) ? newest.tools : []) {
      const name = tools.toolName(asFields(definition).name);
      bytesOf.set(name, (bytesOf.get(name) ?? 0) + jsonSize(definition));
    }
  };

  return {
    /** Notes the answer to a `tools/list`. A list in several pages is not measured: no answer has all of it. */
    sent(params: Fields, result: unknown): void {
      const list = asFields(result);
      if (params.cursor === undefined && list.nextCursor === undefined) newest = list;
    },

    /** @returns the bytes of one tool's definition; undefined before the first list */
    bytesOf(tool: string): number | undefined {
      measure();
      return bytesOf.get(tool);
    },

    bytesByTool(): ReadonlyMap<string, number> {
      measure();
      return bytesOf;
    },

    /** @returns undefined before the first list */
    listBytes(): number | undefined {
      measure();
      return newest === undefined ? undefined : listBytes;
    },
  };
}

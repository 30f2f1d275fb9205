/** Finds names in a TraceQL query that were not captured: attributes by scope, intrinsic fields. */
import { parser } from "@grafana/lezer-traceql";
import type { CapturedTraces } from "./captured.ts";
import { syntaxOf } from "./syntax.ts";

/** @returns one sentence for each unknown name @throws when the query is not TraceQL */
export function unknownNamesInTraceql(query: string, { intrinsics, services }: CapturedTraces): readonly string[] {
  const syntax = syntaxOf(query, parser);
  const service = /resource\.service\.name\s*=\s*"([^"]*)"/.exec(query)?.[1];
  const candidates =
    service === undefined ? Object.values(services) : [services[service]].filter((own) => own !== undefined);
  if (candidates.length === 0) return [`no spans of ${service} were captured`];
  const attributes = syntax
    .all(["AttributeField"])
    .map(syntax.text)
    .flatMap((field) => {
      const [, scope = "", name = ""] = /^(\w*)\.(.+)$/.exec(field) ?? [];
      if (!isScope(scope)) return [`${field} has no scope`];
      return candidates.some((own) => own[scope].includes(name))
        ? []
        : [`${service ?? "any service"}: no ${scope} attribute ${name}`];
    });
  const unknown = syntax
    .all(["IntrinsicField"])
    .map(syntax.text)
    .filter((field) => !intrinsics.includes(field));
  return [...attributes, ...unknown.map((field) => `no intrinsic field ${field}`)];
}

const isScope = (text: string): text is "resource" | "span" | "event" => ["resource", "span", "event"].includes(text);

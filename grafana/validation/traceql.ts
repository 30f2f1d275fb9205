/** What a TraceQL query names that is not captured: attributes in the scope they are asked in, intrinsic fields. */
import { parser } from "@grafana/lezer-traceql";
import type { CapturedTraces } from "./captured.ts";
import { syntaxOf } from "./syntax.ts";

/** @returns one complaint for each name that no span has @throws when it is not TraceQL */
export function complaintsAboutTraceql(query: string, { intrinsics, services }: CapturedTraces): readonly string[] {
  const syntax = syntaxOf(query, parser);
  const service = /resource\.service\.name\s*=\s*"([^"]*)"/.exec(query)?.[1];
  const asked =
    service === undefined ? Object.values(services) : [services[service]].filter((own) => own !== undefined);
  if (asked.length === 0) return [`${service} has no spans`];
  const attributes = syntax
    .all(["AttributeField"])
    .map(syntax.text)
    .flatMap((field) => {
      const [, scope = "", name = ""] = /^(\w*)\.(.+)$/.exec(field) ?? [];
      if (!isScope(scope)) return [`${field} is not asked of a scope`];
      return asked.some((own) => own[scope].includes(name)) ? [] : [`${service ?? "nobody"}: no ${scope} has ${name}`];
    });
  const unknown = syntax
    .all(["IntrinsicField"])
    .map(syntax.text)
    .filter((field) => !intrinsics.includes(field));
  return [...attributes, ...unknown.map((field) => `there is no ${field}`)];
}

const isScope = (text: string): text is "resource" | "span" | "event" => ["resource", "span", "event"].includes(text);

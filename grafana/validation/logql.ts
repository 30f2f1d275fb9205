/** Finds names in a LogQL query that were not captured: labels, structured metadata, fields of the line. */
import { parser } from "@grafana/lezer-logql";
import type { CapturedLogs } from "./captured.ts";
import { type Syntax, type SyntaxNode, syntaxOf, unquoted } from "./syntax.ts";

type Names = CapturedLogs[string];

/** @returns one sentence for each unknown name @throws when the query is not LogQL */
export function unknownNamesInLogql(query: string, logs: CapturedLogs): readonly string[] {
  const syntax = syntaxOf(query, parser);
  return syntax.all(["Selector"]).flatMap((selector) => {
    const labels = syntax.all(["Matcher"], selector).map((matcher) => nameAndValue(matcher, syntax));
    const service = labels.find(([label]) => label === "service_name")?.[1];
    if (service === undefined) return ["the selector has no service_name"];
    const [names] = Object.entries(logs).flatMap(([name, own]) =>
      new RegExp(`^(${service})$`).test(name) ? [own] : [],
    );
    if (names === undefined) return [`no log of ${service} was captured`];
    const unknown = labels.flatMap(([label]) => (names.labels.includes(label) ? [] : [`no label ${label}`]));
    return [...unknown, ...unknownFields(query, syntax, names)].map((problem) => `${service}: ${problem}`);
  });
}

function nameAndValue(matcher: SyntaxNode, syntax: Syntax): readonly [string, string] {
  const [name = "", value = ""] = syntax.all(["Identifier", "String"], matcher).map(syntax.text);
  return [name, unquoted(value)];
}

function unknownFields(query: string, syntax: Syntax, names: Names): readonly string[] {
  const extractions = syntax.all(["LabelExtractionExpression"]).map((node) => nameAndValue(node, syntax));
  const wrongPaths = extractions.flatMap(([, path]) => (names.fields.includes(path) ? [] : [`no field ${path}`]));
  // `| json` without arguments extracts every field; a field whose name is already a label becomes `…_extracted`.
  const extracted = syntax.all(["LabelParser"]).length > 0 ? names.fields.map((path) => path.replaceAll(".", "_")) : [];
  const known = new Set([
    ...names.labels,
    ...names.metadata,
    ...extractions.map(([name]) => name),
    ...extracted.flatMap((name) => [name, `${name}_extracted`]),
  ]);
  const used = syntax
    .all(["LabelFilter", "UnwrapExpr", "Labels"])
    .flatMap((node) => syntax.all(["Identifier"], node).map(syntax.text));
  const inTemplates = [...query.matchAll(/\{\{[^}]*?\.(\w+)/g)].map(([, name = ""]) => name);
  const unknown = new Set([...used, ...inTemplates].filter((name) => !known.has(name)));
  return [...wrongPaths, ...[...unknown].map((name) => `no label or field ${name}`)];
}

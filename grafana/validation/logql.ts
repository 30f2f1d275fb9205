/** What a LogQL query names that is not captured: labels, structured metadata, fields of the line. */
import { parser } from "@grafana/lezer-logql";
import type { CapturedLogs } from "./captured.ts";
import { type Syntax, type SyntaxNode, syntaxOf, unquoted } from "./syntax.ts";

type Names = CapturedLogs[string];

/** @returns one complaint for each name that no line has @throws when it is not LogQL */
export function complaintsAboutLogql(query: string, logs: CapturedLogs): readonly string[] {
  const syntax = syntaxOf(query, parser);
  return syntax.all(["Selector"]).flatMap((selector) => {
    const labels = syntax.all(["Matcher"], selector).map((matcher) => nameAndValue(matcher, syntax));
    const service = labels.find(([label]) => label === "service_name")?.[1];
    if (service === undefined) return ["no service_name: which service's lines?"];
    const [names] = Object.entries(logs).flatMap(([name, own]) =>
      new RegExp(`^(${service})$`).test(name) ? [own] : [],
    );
    if (names === undefined) return [`${service} has no log`];
    const unknown = labels.flatMap(([label]) => (names.labels.includes(label) ? [] : [`no label ${label}`]));
    return [...unknown, ...aboutLines(query, syntax, names)].map((complaint) => `${service}: ${complaint}`);
  });
}

function nameAndValue(matcher: SyntaxNode, syntax: Syntax): readonly [string, string] {
  const [name = "", value = ""] = syntax.all(["Identifier", "String"], matcher).map(syntax.text);
  return [name, unquoted(value)];
}

function aboutLines(query: string, syntax: Syntax, names: Names): readonly string[] {
  const extractions = syntax.all(["LabelExtractionExpression"]).map((node) => nameAndValue(node, syntax));
  const wrongPaths = extractions.flatMap(([, path]) => (names.fields.includes(path) ? [] : [`no field ${path}`]));
  // `| json` alone takes out everything; a name that is there already comes out as `…_extracted`.
  const everything =
    syntax.all(["LabelParser"]).length > 0 ? names.fields.map((path) => path.replaceAll(".", "_")) : [];
  const readable = new Set([
    ...names.labels,
    ...names.metadata,
    ...extractions.map(([name]) => name),
    ...everything.flatMap((name) => [name, `${name}_extracted`]),
  ]);
  const read = syntax
    .all(["LabelFilter", "UnwrapExpr", "Labels"])
    .flatMap((node) => syntax.all(["Identifier"], node).map(syntax.text));
  const inTemplates = [...query.matchAll(/\{\{[^}]*?\.(\w+)/g)].map(([, name = ""]) => name);
  const unknown = new Set([...read, ...inTemplates].filter((name) => !readable.has(name)));
  return [...wrongPaths, ...[...unknown].map((name) => `nothing called ${name}`)];
}

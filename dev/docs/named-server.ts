/** The panels and alerts that ask for the server by its name: a server of another name is missing there. */
import { type BoardJson, panelsOf } from "../../grafana/src/board-json.ts";
import { rendered } from "../../grafana/src/render.ts";
import { SERVER } from "../../grafana/src/service.ts";
import { alerts } from "../../prometheus/rule-files.ts";

const asksByName = (queries: unknown): boolean => JSON.stringify(queries ?? "").includes(SERVER);

function boardRow(board: BoardJson): readonly string[] {
  const panels = panelsOf(board);
  const named = panels.filter(({ targets }) => asksByName(targets)).map(({ title }) => `*${title}*`);
  if (named.length === 0) return [];
  return [`| ${board.title} | ${named.length === panels.length ? "every panel" : named.join(", ")} |`];
}

export const namedServer = (): string =>
  [
    `| where | what asks for \`${SERVER}\` |`,
    "|---|---|",
    ...rendered().flatMap(({ json }) => boardRow(JSON.parse(json))),
    `| alerts | ${alerts
      .filter(({ expr }) => asksByName(expr))
      .map(({ alert }) => `\`${alert}\``)
      .join(", ")} |`,
  ].join("\n");

/** The panels and alerts that ask for the server by its name: a server of another name is missing there. */
import { boards } from "../../grafana/src/boards.ts";
import { SERVER } from "../../grafana/src/service.ts";
import { alerts } from "../../prometheus/rule-files.ts";

/** A panel, or a row of panels, of a board. */
interface Panel {
  readonly title?: string;
  readonly targets?: readonly unknown[];
  readonly panels?: readonly Panel[];
}

const asksByName = (queries: unknown): boolean => JSON.stringify(queries ?? "").includes(SERVER);

const panelsIn = (panels: readonly Panel[] = []): readonly Panel[] =>
  panels.flatMap((panel) => [panel, ...panelsIn(panel.panels)]);

function boardRow({ title, panels }: Panel): readonly string[] {
  const drawn = panelsIn(panels).filter(({ targets }) => targets !== undefined);
  const named = drawn.filter(({ targets }) => asksByName(targets)).map((panel) => `*${panel.title}*`);
  if (named.length === 0) return [];
  return [`| ${title} | ${named.length === drawn.length ? "every panel" : named.join(", ")} |`];
}

export const namedServer = (): string =>
  [
    `| where | what asks for \`${SERVER}\` |`,
    "|---|---|",
    ...boards().flatMap((board) => boardRow(board as Panel)),
    `| alerts | ${alerts
      .filter(({ expr }) => asksByName(expr))
      .map(({ alert }) => `\`${alert}\``)
      .join(", ")} |`,
  ].join("\n");

/** The table of alerts: each with its severity and the first sentence of its runbook. */
import { type Alert, alerts, read } from "../../prometheus/rule-files.ts";

const ORDER = ["page", "ticket", "none"];

const rank = ({ labels }: Alert): number => ORDER.indexOf(labels?.severity ?? "");

function row({ alert, labels }: Alert): string {
  const meaning = read("runbooks", `${alert}.md`).split("## Meaning\n")[1] ?? "";
  const [sentence = ""] = /^.*?\.(?=\s)/s.exec(meaning.trim()) ?? [];
  const link = `[\`${alert}\`](../prometheus/runbooks/${alert}.md)`;
  return `| ${link} | ${labels?.severity} | ${sentence.replaceAll("\n", " ")} |`;
}

export const alertTable = (): string =>
  [
    "| alert | severity | when it fires |",
    "|---|---|---|",
    ...alerts.toSorted((a, b) => rank(a) - rank(b)).map(row),
  ].join("\n");

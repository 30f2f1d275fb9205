import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { DashboardLinkBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { alerts } from "../../../prometheus/rule-files.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { CLICKED } from "../links.ts";
import { textFor } from "../panel-style.ts";
import { table } from "../panels.ts";
import { linked } from "../table-columns.ts";
import { instant } from "../targets.ts";

/** The labels that say what an alert is about; each alert has one or two of them. */
const SUBJECTS = [
  "tool_name",
  "resource_uri",
  "prompt_name",
  "dependency",
  "bulkhead",
  "target",
  "signal",
  "reason",
  "sloth_slo",
];

/** The folder of the runbooks, and the board of each alert, are those that the notifications name. */
const runbooks = alerts[0]?.annotations?.runbook_url?.replace(/\/[^/]*$/, "") ?? "";
const boardOf = (dashboard = "") => /^\/d\/([\w-]+)/.exec(dashboard)?.[1] ?? "";
const byBoard = Map.groupBy(alerts, ({ annotations }) => boardOf(annotations?.dashboard));

const since = EXTERNAL_METRICS.alertsSince.name;
const firing = `${EXTERNAL_METRICS.alerts.name}{alertstate="firing", severity!="none"}`;

/** The time at which each firing alert began, in milliseconds, with its board and what it is about. */
const firingSince = () => {
  const about = `label_join(${since} * 1000 and ignoring(alertstate) ${firing}, "about", " ", ${SUBJECTS.map((label) => `"${label}"`).join(", ")})`;
  const withBoard = [...byBoard].reduce(
    (expr, [board, of]) =>
      `label_replace(${expr}, "board", "${board}", "alertname", "${of.map(({ alert }) => alert).join("|")}")`,
    about,
  );
  return `min by (alertname, severity, about, tool_name, board) (${withBoard})`;
};

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variables, not JavaScript's
const BOARD_OF_ALERT = "/d/${__data.fields.board}?var-tool=${__data.fields.tool_name}&${__url_time_range}";

const severities = [...textFor("page", "page", "red"), ...textFor("ticket", "ticket", "orange")];
const pagesFirst = new TableSortByFieldStateBuilder().displayName("Severity");

/** What fires now: pages first. Each row leads to its runbook, and to the board that its notification names. */
export const firingAlerts = () => {
  const panel = table(
    "Firing alerts",
    "Alerts that fire now, pages first, and since when they have been active. Click an alert to open its runbook or its board.",
  )
    .noValue("No alert fires")
    .withTarget(instant("since", firingSince()))
    // Not by `columns`: Grafana calls the value of a single query `Value`.
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: { severity: 0, alertname: 1, about: 2, Value: 3 },
        renameByName: {
          severity: "Severity",
          alertname: "Alert",
          about: "About",
          Value: "Since",
        },
      },
    })
    .overrideByName("Severity", [
      { id: "custom.width", value: 85 },
      { id: "mappings", value: severities },
      { id: "custom.cellOptions", value: { type: "color-text" } },
    ])
    .overrideByName("Alert", [{ id: "custom.width", value: 225 }])
    .overrideByName("Since", [
      { id: "custom.width", value: 130 },
      { id: "unit", value: units.DateTimeFromNow },
    ]);
  for (const hidden of ["board", "tool_name"]) {
    panel.overrideByName(hidden, [{ id: "custom.hideFrom.viz", value: true }]);
  }
  return linked(
    panel,
    "Alert",
    new DashboardLinkBuilder("Runbook").url(`${runbooks}/${CLICKED}.md`).targetBlank(true),
    new DashboardLinkBuilder("Board").url(BOARD_OF_ALERT),
  ).sortBy([pagesFirst]);
};

/**
 * The settings that all boards share: read-only, the last 30 minutes, a refresh every 10 s, a shared crosshair, data
 * source variables, annotations for firing alerts, and links to the other boards. Panels flow from left to right in 24
 * columns.
 */
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { TAG } from "./board-names.ts";
import { datasource, datasourceVariables } from "./datasources.ts";
import { EXTERNAL_METRICS } from "./external-metrics.ts";
import { now } from "./promql.ts";

interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables?: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
}

export const row = (title: string, panels: readonly Builder<Panel>[]): Row => ({ title, panels });

const firingAlerts = () =>
  new AnnotationQueryBuilder()
    .name("Firing alerts")
    .datasource(datasource("prometheus"))
    .enable(true)
    .iconColor("red")
    .expr(
      now(
        EXTERNAL_METRICS.alerts,
        {
          by: ["alertname", "tool_name"],
          where: { alertstate: "firing", alertname: { not: "Watchdog" } },
        },
        "max",
      ),
    )
    .titleFormat("{{alertname}}")
    .textFormat("{{tool_name}}");

const otherBoards = () =>
  new DashboardLinkBuilder("Boards").type(DashboardLinkType.Dashboards).tags([TAG]).includeVars(true).keepTime(true);

export const board = ({ uid, title, description, variables = [], rows }: Board) => {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .link(otherBoards())
    .readonly()
    .time({ from: "now-30m", to: "now" })
    .refresh("10s")
    .tooltip(DashboardCursorSync.Crosshair)
    .annotation(firingAlerts());
  for (const variable of [...datasourceVariables(), ...variables]) dashboard.withVariable(variable);
  for (const { title, panels } of rows) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  built.panels?.forEach(numbered);
  // Without this, Grafana shows the links in the menu of dashboard controls.
  for (const link of built.links ?? []) delete link.placement;
  return built;
};

/** Gives panels and queries the ids that Grafana needs, by their position, unless a query already has one. */
const numbered = (panel: { id?: number; targets?: readonly object[] }, index: number) => {
  panel.id = index + 1;
  panel.targets?.forEach((target, place) => {
    if (!("refId" in target)) Object.assign(target, { refId: String.fromCharCode(65 + place) });
  });
};

/**
 * The settings that all boards share: read-only, the last 30 minutes, a refresh every 10 s, a shared crosshair, data
 * source variables, marks for pages, and links to the other boards. Panels flow from left to right in 24
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
import { heightOf } from "./board-json.ts";
import { TAG } from "./board-names.ts";
import { datasource, datasourceVariables } from "./datasources.ts";
import { EXTERNAL_METRICS } from "./external-metrics.ts";

interface Row {
  /** Absent of what the board begins with: a title would take the place of a panel on the first screen. */
  readonly title?: string;
  readonly panels: readonly Builder<Panel>[];
  /** Shows its panels, and sends their queries, only after a click on its title. */
  readonly folded: boolean;
}

interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables?: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
}

export const row = (title: string, panels: readonly Builder<Panel>[]): Row => ({ title, panels, folded: false });
export const firstScreen = (panels: readonly Builder<Panel>[]): Row => ({ panels, folded: false });
export const foldedRow = (title: string, panels: readonly Builder<Panel>[]): Row => ({ title, panels, folded: true });

const pages = (offset = "") =>
  `max by (alertname, tool_name) (${EXTERNAL_METRICS.alerts.name}{alertstate="firing", severity="page"}${offset})`;

/** A mark where a page begins to fire. Off until the reader turns it on: a board has better uses for red. */
const firingPages = () =>
  new AnnotationQueryBuilder()
    .name("Pages")
    .datasource(datasource("prometheus"))
    .enable(false)
    .iconColor("red")
    .step("1m")
    .expr(`${pages()} unless ${pages(" offset 1m")}`)
    .titleFormat("{{alertname}}")
    .textFormat("{{tool_name}}");

const otherBoards = () =>
  new DashboardLinkBuilder("Boards")
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);

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
    .annotation(firingPages());
  for (const variable of [...datasourceVariables(), ...variables]) dashboard.withVariable(variable);
  for (const { title, panels, folded } of rows) {
    if (title !== undefined) {
      const header = new RowBuilder(title).collapsed(folded);
      if (folded) for (const panel of panels) header.withPanel(panel);
      dashboard.withRow(header);
    }
    if (!folded) for (const panel of panels) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  closeGaps(built.panels ?? []);
  (built.panels ?? []).flatMap((panel) => [panel, ...("panels" in panel ? panel.panels : [])]).forEach(numbered);
  // Without this, Grafana shows the links in the menu of dashboard controls.
  for (const link of built.links ?? []) delete link.placement;
  return built;
};

interface Placed {
  gridPos?: { y: number; h: number };
  collapsed?: boolean;
  panels?: readonly Placed[];
}

/** Moves up what is below a folded row: its panels take no room until it is opened. */
const closeGaps = (panels: readonly Placed[]) => {
  let folded = 0;
  const moveUp = ({ gridPos }: Placed) => {
    if (gridPos) gridPos.y -= folded;
  };
  for (const panel of panels) {
    moveUp(panel);
    panel.panels?.forEach(moveUp);
    if (panel.collapsed) folded += heightOf(panel.panels ?? []);
  }
};

/** Gives panels and queries the ids that Grafana needs, by their position, unless a query already has one. */
const numbered = (panel: { id?: number; targets?: readonly object[] }, index: number) => {
  panel.id = index + 1;
  panel.targets?.forEach((target, place) => {
    if (!("refId" in target)) Object.assign(target, { refId: String.fromCharCode(65 + place) });
  });
};

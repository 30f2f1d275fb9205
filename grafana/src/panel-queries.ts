/**
 * The queries that Grafana would send for each panel of a rendered board, with variables at their defaults. Checks send
 * them to a running stack without Grafana.
 */
import { type BoardJson, panelsOf, type TargetJson, type VariableJson } from "./board-json.ts";
import { type DatasourceType, datasource } from "./datasources.ts";
import { EXTERNAL_METRICS, type ExternalMetric, type Source } from "./external-metrics.ts";

export interface PanelQuery {
  readonly panel: string;
  readonly refId: string;
  readonly datasource: DatasourceType;
  readonly uid: string;
  readonly query: string;
  /** Whether it is an instant query, not a range query. */
  readonly instant: boolean;
  /** The optional components that its metrics come from. */
  readonly needs: readonly Source[];
}

const externalMetrics: readonly ExternalMetric[] = Object.values(EXTERNAL_METRICS);
const intervals = { __rate_interval: "1m", __auto: "1m", __range: "30m" };

/** @param given values of variables and intervals that replace the defaults */
export const panelQueries = (board: BoardJson, given: Readonly<Record<string, string>> = {}): readonly PanelQuery[] => {
  const defaults = board.templating.list.map((variable) => [variable.name, defaultOf(variable)] as const);
  const values = new Map<string, string>(Object.entries({ ...intervals, ...Object.fromEntries(defaults), ...given }));
  const filled = (text: string) =>
    text.replace(/\$\{?(\w+)\}?/g, (written, name: string) => values.get(name) ?? written);

  return panelsOf(board).flatMap((panel) =>
    (panel.targets ?? []).map(sent).map((target) => {
      const query = filled(target.expr ?? target.query ?? "");
      return {
        panel: panel.title,
        refId: target.refId,
        datasource: target.datasource.type,
        uid: filled(target.datasource.uid),
        query,
        instant: target.instant ?? false,
        needs: externalMetrics.flatMap(({ name, from }) => (from && query.includes(name) ? [from] : [])),
      };
    }),
  );
};

/** For a service graph, Grafana asks the data source of metrics that the one of traces names. */
const sent = (target: TargetJson): TargetJson =>
  target.queryType === "serviceMap"
    ? {
        refId: target.refId,
        datasource: datasource("prometheus"),
        expr: EXTERNAL_METRICS.serviceRequests.name,
      }
    : target;

const defaultOf = ({ allValue, current }: VariableJson) => {
  const [value = ""] = [current?.value ?? ""].flat();
  return value === "$__all" ? (allValue ?? ".*") : value;
};

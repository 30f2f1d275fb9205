/** One query of a panel, by what it returns. Each names its data source by the board's variable. */
import { DataqueryBuilder as LokiQuery } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PromQuery, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { SearchTableType, DataqueryBuilder as TempoQuery } from "@grafana/grafana-foundation-sdk/tempo";
import { datasource } from "./datasources.ts";

const prometheus = (expr: string) => new PromQuery().datasource(datasource("prometheus")).expr(expr);
const loki = (expr: string) => new LokiQuery().datasource(datasource("loki")).expr(expr).queryType("range");

/** PromQL over time. */
export const series = (expr: string, legend: string) => prometheus(expr).legendFormat(legend).range();

/** PromQL over time, with a dot for every exemplar: a click on one opens its trace. */
export const seriesWithTraces = (expr: string, legend: string) => series(expr, legend).exemplar(true);

/** PromQL at one instant, as a table; its values end up in the column `Value #<name>`. */
export const instant = (name: string, expr: string) =>
  prometheus(expr).refId(name).instant().format(PromQueryFormat.Table);

/** PromQL at one instant, as one number. */
export const instantNumber = (expr: string) => prometheus(expr).instant();

/** Log lines. */
export const lines = (expr: string) => loki(expr).maxLines(200);

/** LogQL that counts, over time. */
export const lineCounts = (expr: string, legend: string) => loki(expr).legendFormat(legend);

/** Spans that TraceQL finds, one a row, the newest traces first. @param perTrace at most so many of one trace */
export const spans = (query: string, perTrace = 10) =>
  new TempoQuery()
    .datasource(datasource("tempo"))
    .queryType("traceql")
    .query(query)
    .tableType(SearchTableType.Spans)
    .limit(20)
    .spss(perTrace)
    .filters([]);

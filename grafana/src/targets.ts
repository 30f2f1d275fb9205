/** The kinds of query in a panel. Each names its data source by the board's variable. */
import { DataqueryBuilder as LokiQuery } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PromQuery, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { SearchTableType, DataqueryBuilder as TempoQuery } from "@grafana/grafana-foundation-sdk/tempo";
import { datasource } from "./datasources.ts";

const prometheus = (expr: string) => new PromQuery().datasource(datasource("prometheus")).expr(expr);
const loki = (expr: string) => new LokiQuery().datasource(datasource("loki")).expr(expr).queryType("range");

/** A PromQL range query. */
export const series = (expr: string, legend: string) => prometheus(expr).legendFormat(legend).range();

/** A PromQL range query with exemplars, which link to their traces. */
export const seriesWithTraces = (expr: string, legend: string) => series(expr, legend).exemplar(true);

/** A PromQL range query for the buckets of a heatmap, with exemplars. */
export const heatmapSeries = (expr: string) => seriesWithTraces(expr, "{{le}}").format(PromQueryFormat.Heatmap);

/** A PromQL instant query as a table; its values are in the column `Value #<name>`. */
export const instant = (name: string, expr: string) =>
  prometheus(expr).refId(name).instant().format(PromQueryFormat.Table);

/** A PromQL instant query for one number: without a value now, the panel has none, instead of an older one. */
export const instantNumber = (expr: string) => prometheus(expr).instant();

/** A LogQL query for log lines. */
export const lines = (expr: string) => loki(expr).maxLines(200);

/** A LogQL range query for a metric, such as a count of lines. */
export const lineCounts = (expr: string, legend: string) => loki(expr).legendFormat(legend);

/** The service graph, which Tempo's metrics generator writes to Prometheus. */
export const serviceGraphEdges = () =>
  new TempoQuery().datasource(datasource("tempo")).queryType("serviceMap").filters([]);

/** A TraceQL search for spans, one a row, the newest traces first. @param perTrace maximum number of spans of a trace */
export const spans = (query: string, perTrace = 10) =>
  new TempoQuery()
    .datasource(datasource("tempo"))
    .queryType("traceql")
    .query(query)
    .tableType(SearchTableType.Spans)
    .limit(20)
    .spss(perTrace)
    .filters([]);

import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { legendTable, states } from "../panel-style.ts";
import { stateTimeline, table, timeseries } from "../panels.ts";
import { now } from "../promql.ts";
import { rowsNamedBy } from "../table-columns.ts";
import { instant, series } from "../targets.ts";

export const scrapeStatus = () =>
  stateTimeline(
    "Scrape status",
    "up: every replica of the job answered the scrape. down: at least one did not, so panels about it have gaps.",
    states("up", "down", "zero"),
  )
    .height(8)
    .withTarget(series(now(EXTERNAL_METRICS.up, { by: ["job"] }, "min"), "{{job}}"));

export const scrapes = () =>
  row("Scrapes", [
    scrapeStatus().span(24),

    timeseries(
      "Scrape duration",
      "Scrape duration of the slowest replica of each job. If it comes near the scrape interval, samples go missing; see the number of samples beside it.",
      units.Seconds,
    )
      .span(7)
      .legend(legendTable())
      .withTarget(series(now(EXTERNAL_METRICS.scrapeDuration, { by: ["job"] }, "max"), "{{job}}")),

    timeseries(
      "Samples per scrape",
      "Number of samples that each job exposes. If it grows all the time, a label has unlimited values; find it before it fills Prometheus.",
      units.Short,
    )
      .span(7)
      .legend(legendTable())
      .withTarget(series(now(EXTERNAL_METRICS.scrapeSamples, { by: ["job"] }), "{{job}}")),

    timeseries("Series", "Series that Prometheus keeps in memory. Its memory use grows with this number.", units.Short)
      .span(4)
      .withTarget(series(now(EXTERNAL_METRICS.headSeries), "series")),

    rowsNamedBy(
      table(
        "Versions",
        "Versions that run now. More than one row after a release means that not every replica has the release yet.",
      ),
      {
        version: "Version",
        node_version: "Node.js",
        sdk_version: "MCP SDK",
      },
    )
      .span(6)
      .unit(units.String)
      .withTarget(
        instant("build", now(METRICS.buildInfo, { by: ["version", "node_version", "sdk_version"] }, "count")),
      ),
  ]);

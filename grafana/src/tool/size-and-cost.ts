import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { stat, timeseries } from "../panels.ts";
import { increase, now, perSecond, quantile } from "../promql.ts";
import { instantNumber, series } from "../targets.ts";
import { ofTool } from "./variable.ts";

const inputs = (q: number) => quantile(q, METRICS.toolInputBytes, { where: ofTool });
const outputs = (q: number) => quantile(q, METRICS.toolOutputBytes, { where: ofTool });

export const sizeAndCost = () =>
  row("Payload size and cost", [
    timeseries(
      "Request payload size",
      "Size of the arguments as JSON, estimated from buckets of powers of ten. If it jumps, a client sends something new.",
      units.BytesSI,
    )
      .span(6)
      .withTarget(series(inputs(0.99), "p99"))
      .withTarget(series(inputs(0.5), "p50")),

    timeseries(
      "Response payload size",
      "Size of the results as JSON, estimated from buckets of powers of ten. The model that called reads every byte, so larger results cost more.",
      units.BytesSI,
    )
      .span(6)
      .withTarget(series(outputs(0.99), "p99"))
      .withTarget(series(outputs(0.5), "p50")),

    stat(
      "Definition size",
      "Size of its name, description and schemas in the list of tools. The model of every client reads them, whether it calls the tool or not.",
      units.BytesSI,
    )
      .span(4)
      .height(8)
      .withTarget(series(now(METRICS.toolDefinitionBytes, { where: ofTool }, "max"), "definition")),

    timeseries(
      "Estimated cost",
      "Estimated cost of the calls, in US dollars, from the price set in the tool. If it grows faster than the number of calls, single calls became more expensive.",
      units.Dollars,
    )
      .span(5)
      .withTarget(series(`${perSecond(METRICS.toolCost, { where: ofTool })} * 3600`, "an hour")),

    stat("Cost", "Estimated cost over the time shown.", units.Dollars)
      .span(3)
      .height(8)
      .withTarget(instantNumber(increase(METRICS.toolCost, { where: ofTool }))),
  ]);

import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { stat, timeseries } from "../panels.ts";
import { increase, perSecond, quantile } from "../promql.ts";
import { instantNumber, series } from "../targets.ts";
import { ofTool } from "./variable.ts";

const inputs = (q: number) => quantile(q, METRICS.toolInputBytes, { where: ofTool });
const outputs = (q: number) => quantile(q, METRICS.toolOutputBytes, { where: ofTool });

export const sizeAndCost = () =>
  row("Weight and cost", [
    timeseries(
      "Size of arguments",
      "As JSON, estimated within powers of ten. A jump: a client sends something that it did not send before.",
      units.BytesSI,
    )
      .span(7)
      .withTarget(series(inputs(0.99), "p99"))
      .withTarget(series(inputs(0.5), "p50")),

    timeseries(
      "Size of results",
      "As JSON, estimated within powers of ten. A model reads and pays for every byte: what grows here grows on its bill.",
      units.BytesSI,
    )
      .span(7)
      .withTarget(series(outputs(0.99), "p99"))
      .withTarget(series(outputs(0.5), "p50")),

    timeseries(
      "Estimated cost",
      "What its calls cost, by the estimate beside the tool. More than its calls rose: dearer calls, not more of them.",
      units.Dollars,
    )
      .span(6)
      .withTarget(series(`${perSecond(METRICS.toolCost, { where: ofTool })} * 3600`, "an hour")),

    stat("Cost", "The same, over all that the time picker shows.", units.Dollars)
      .span(4)
      .height(8)
      .withTarget(instantNumber(increase(METRICS.toolCost, { where: ofTool }))),
  ]);

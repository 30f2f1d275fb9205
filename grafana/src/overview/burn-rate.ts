import * as units from "@grafana/grafana-foundation-sdk/units";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { withLines } from "../panel-style.ts";
import { timeseries } from "../panels.ts";
import { now } from "../promql.ts";
import { series } from "../targets.ts";

/** Lasts 30 days; MCPErrorBudgetBurn opens a ticket; it pages. */
const RATES = [1, 6, 14.4] as const;

const worst = (metric: typeof EXTERNAL_METRICS.errorRatioHour | typeof EXTERNAL_METRICS.errorBudget) =>
  now(metric, { by: ["sloth_slo"] }, "max");

/** The service level objectives of prometheus/rules/slo.yml. */
export const burnRate = () =>
  withLines(
    RATES,
    timeseries(
      "Burn rate",
      "How fast the error budget was used up in the last hour. At 1 (yellow line) it lasts exactly 30 days. From 6 (orange) there is a ticket, from 14.4 (red) a page.",
      units.Short,
    ),
  )
    .overrideByName("tool-availability", [{ id: "color", value: { mode: "fixed", fixedColor: "blue" } }])
    .overrideByName("tool-latency", [{ id: "color", value: { mode: "fixed", fixedColor: "purple" } }])
    .axisSoftMax(RATES[2])
    .noValue("no call yet")
    .withTarget(
      series(`${worst(EXTERNAL_METRICS.errorRatioHour)} / ${worst(EXTERNAL_METRICS.errorBudget)}`, "{{sloth_slo}}"),
    );

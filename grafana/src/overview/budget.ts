import * as units from "@grafana/grafana-foundation-sdk/units";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { redBelow } from "../panel-style.ts";
import { timeseries, verdict } from "../panels.ts";
import { now } from "../promql.ts";
import { series } from "../targets.ts";

const bySlo = { by: ["sloth_slo"] } as const;
const worst = (metric: typeof EXTERNAL_METRICS.errorRatioHour | typeof EXTERNAL_METRICS.errorBudget) =>
  now(metric, bySlo, "max");

/** The service level objectives of prometheus/rules/slo.yml. */
export const budget = () =>
  row("Error budget", [
    verdict(
      "Error budget left",
      "Share of the 30-day error budget that is left. Below 0, the objective is missed: stop risky changes and repair the cause of the failures.",
      units.PercentUnit,
      redBelow(0),
    )
      .span(8)
      .height(6)
      .decimals(1)
      .withTarget(series(now(EXTERNAL_METRICS.budgetRemaining, bySlo, "min"), "{{sloth_slo}}")),

    timeseries(
      "Burn rate",
      "How fast the error budget was used up in the last hour. At 1 it lasts exactly 30 days. MCPErrorBudgetBurn pages at 14.4.",
      units.Short,
    )
      .span(16)
      .height(6)
      .withTarget(
        series(`${worst(EXTERNAL_METRICS.errorRatioHour)} / ${worst(EXTERNAL_METRICS.errorBudget)}`, "{{sloth_slo}}"),
      ),
  ]);

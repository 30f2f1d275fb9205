import * as units from "@grafana/grafana-foundation-sdk/units";
import { PROBE_METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { redBelow, redFrom, valueTexts, withLimit } from "../panel-style.ts";
import { table, timeseries, verdict } from "../panels.ts";
import { nonZero, now, perSecond } from "../promql.ts";
import { LIMITS } from "../service.ts";
import { columns, rowsNamedBy } from "../table-columns.ts";
import { series } from "../targets.ts";

export const probe = () =>
  row("From outside", [
    verdict(
      "Probes",
      "Whether the newest probe of each target passed every step that it reached. Red while all numbers above look well: clients cannot get in, so read the failures beside it.",
      units.Short,
      redBelow(1),
    )
      .span(4)
      .height(6)
      .mappings(valueTexts("well", "failing"))
      .withTarget(series(now(PROBE_METRICS.success, { by: ["target"] }, "min"), "{{target}}")),

    timeseries(
      "Failed probes",
      "By step and reason. tcp refused: it is down; http timeout: it is there and mute; tool_call: it talks, and its answer is wrong. The runbook of MCPProbeFailing has the whole table.",
      units.CountsPerSecond,
    )
      .span(7)
      .height(6)
      .withTarget(
        series(
          nonZero(perSecond(PROBE_METRICS.failures, { by: ["target", "step", "reason"] }), "reason"),
          "{{target}} {{step}} {{reason}}",
        ),
      ),

    withLimit(
      LIMITS.probeSeconds,
      timeseries(
        "Steps of a probe",
        "How long each step of the newest probe took. tcp or http above the rest: the way there; initialize or later: the server. The dashed line is where MCPProbeSlow fires.",
        units.Seconds,
      ),
    )
      .span(7)
      .height(6)
      .withTarget(series(now(PROBE_METRICS.duration, { by: ["target", "step"] }, "max"), "{{target}} {{step}}")),

    rowsNamedBy(
      columns(
        table(
          "Targets",
          "What each target lists. Changed is 1 while its tools differ from those that the probe saw first: the probe's log names them.",
        ),
        {
          Tools: { expr: now(PROBE_METRICS.tools, { by: ["target"] }, "max"), unit: units.Short },
          Changed: {
            expr: now(PROBE_METRICS.schemaChanged, { by: ["target"] }, "max"),
            unit: units.Short,
            thresholds: redFrom(1),
          },
        },
      ),
      { target: "Target" },
    )
      .span(6)
      .height(6),
  ]);

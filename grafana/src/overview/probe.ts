import * as units from "@grafana/grafana-foundation-sdk/units";
import { PROBE_METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { redBelow, redFrom, valueTexts, withLimit } from "../panel-style.ts";
import { table, timeseries, verdict } from "../panels.ts";
import { nonZero, now, perSecond } from "../promql.ts";
import { LIMITS } from "../service.ts";
import { columns, rowsNamedBy } from "../table-columns.ts";
import { series } from "../targets.ts";

export const probe = () =>
  row("Probe: checks from outside", [
    verdict(
      "Probes",
      "Whether the newest probe of each target passed. If this is red while everything above looks healthy, clients cannot reach the server; see the failures beside it.",
      units.Short,
      redBelow(1),
    )
      .span(4)
      .height(6)
      .mappings(valueTexts("well", "failing"))
      .withTarget(series(now(PROBE_METRICS.success, { by: ["target"] }, "min"), "{{target}}")),

    timeseries(
      "Failed probes",
      "Failed probes, by step and reason. tcp refused: the server is down. http timeout: the server hangs. tool_call: the tool fails or returns a wrong result. The runbook of MCPProbeFailing lists every reason.",
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
        "Duration of each step of the newest probe. If tcp or http is slow, the network is the cause; if a later step is slow, the server is. At the dashed line, MCPProbeSlow fires.",
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
          "Number of tools of each target, and whether somebody has approved them. Changes: differences from what is approved, or from what the probe saw first. Suspicious: hidden characters, or the name of another target's tool. The log of the probe lists both. At 1, MCPProbeTargetChanged and MCPProbeSuspicious fire.",
        ),
        {
          Tools: { expr: now(PROBE_METRICS.tools, { by: ["target"] }, "max"), unit: units.Short },
          Approved: { expr: now(PROBE_METRICS.approved, { by: ["target"] }, "min"), unit: units.BoolYesNo },
          Changes: { expr: now(PROBE_METRICS.changes, { by: ["target"] }), unit: units.Short, thresholds: redFrom(1) },
          Suspicious: {
            expr: now(PROBE_METRICS.suspicions, { by: ["target"] }),
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

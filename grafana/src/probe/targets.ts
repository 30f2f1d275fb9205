import * as units from "@grafana/grafana-foundation-sdk/units";
import { PROBE_METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { redFrom } from "../panel-style.ts";
import { table } from "../panels.ts";
import { now } from "../promql.ts";
import { columns, rowsNamedBy } from "../table-columns.ts";

const by = ["target"] as const;

export const targets = () =>
  row("Tools of the targets", [
    rowsNamedBy(
      columns(
        table(
          "Probe targets",
          "Number of tools of each target, and whether somebody has approved them. Changes: differences from what is approved, or from what the probe saw first. Suspicious: hidden characters, or the name of another target's tool. The log of the probe lists both. At 1, MCPProbeTargetChanged and MCPProbeSuspicious fire.",
        ),
        {
          Tools: { expr: now(PROBE_METRICS.tools, { by }, "max"), unit: units.Short },
          Approved: { expr: now(PROBE_METRICS.approved, { by }, "min"), unit: units.BoolYesNo },
          Changes: { expr: now(PROBE_METRICS.changes, { by }), unit: units.Short, thresholds: redFrom(1) },
          Suspicious: { expr: now(PROBE_METRICS.suspicions, { by }), unit: units.Short, thresholds: redFrom(1) },
        },
      ),
      { target: "Target" },
    )
      .span(24)
      .height(8),
  ]);

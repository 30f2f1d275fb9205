import * as units from "@grafana/grafana-foundation-sdk/units";
import { PROBE_METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { states, withLimit } from "../panel-style.ts";
import { perMinuteOf, stateTimeline, timeseries } from "../panels.ts";
import { nonZero, now, perMinute } from "../promql.ts";
import { LIMITS } from "../service.ts";
import { series } from "../targets.ts";

export const checks = () =>
  row("Probe", [
    stateTimeline(
      "Probe status",
      "Whether the newest probe of each target passed. If a target fails while the server looks healthy, clients cannot reach the server; see the failures beside it.",
      states("passing", "failing", "zero"),
    )
      .span(8)
      .height(8)
      .withTarget(series(now(PROBE_METRICS.success, { by: ["target"] }, "min"), "{{target}}")),

    timeseries(
      "Probe failures",
      "Failed probes, by step and reason. tcp refused: the server is down. http timeout: the server hangs. tool_call: the tool fails or returns a wrong result. The runbook of MCPProbeFailing lists every reason.",
      perMinuteOf("failures"),
    )
      .span(8)
      .withTarget(
        series(
          nonZero(perMinute(PROBE_METRICS.failures, { by: ["target", "step", "reason"] }), "reason"),
          "{{target}} {{step}} {{reason}}",
        ),
      ),

    withLimit(
      LIMITS.probeSeconds,
      timeseries(
        "Probe duration by step",
        "Duration of each step of the newest probe. If tcp or http is slow, the network is the cause; if a later step is slow, the server is. At the dashed line, MCPProbeSlow fires.",
        units.Seconds,
      ),
    )
      .span(8)
      .withTarget(series(now(PROBE_METRICS.duration, { by: ["target", "step"] }, "max"), "{{target}} {{step}}")),
  ]);

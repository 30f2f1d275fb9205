import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { LINE_STYLES } from "../panel-style.ts";
import { timeseries } from "../panels.ts";
import { nonZero, now, perSecond, sumRate } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

const cut = { by: ["instance"], where: { job: SERVER } } as const;

/** Per replica: a sum over several event loops would be meaningless. */
export const runtime = () =>
  row("The server's process", [
    timeseries(
      "Event loop lag",
      "Solid: p99, dashed: mean. About 10 ms is rest; beyond 100 ms some handler computes instead of waiting, and every session waits for it.",
      units.Seconds,
    )
      .span(8)
      .withTarget(series(now(EXTERNAL_METRICS.eventLoopLagP99, cut, "max"), "{{instance}} p99"))
      .withTarget(series(now(EXTERNAL_METRICS.eventLoopLagMean, cut, "max"), "{{instance}} mean"))
      .overrideByRegexp("/ mean$/", LINE_STYLES.dashed),

    timeseries(
      "Memory",
      "Solid: the heap in use; dashed: the whole process. A heap that rises after every collection is a leak: compare with the sessions below.",
      units.BytesIEC,
    )
      .span(8)
      .withTarget(series(now(EXTERNAL_METRICS.heapUsed, cut), "{{instance}} heap"))
      .withTarget(series(now(EXTERNAL_METRICS.residentMemory, cut), "{{instance}} process"))
      .overrideByRegexp("/ process$/", LINE_STYLES.dashed),

    timeseries(
      "CPU and garbage collection",
      "Share of one core; dashed: the part that went into collecting garbage. Node.js runs on one: near 100 % add replicas.",
      units.PercentUnit,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.cpu, cut), "{{instance}} CPU"))
      .withTarget(series(sumRate(EXTERNAL_METRICS.garbageCollection, cut), "{{instance}} garbage"))
      .overrideByRegexp("/ garbage$/", LINE_STYLES.dashed),

    timeseries(
      "Open files",
      "Sockets included. A slope without an end: something is opened and never closed.",
      units.Short,
    )
      .span(6)
      .withTarget(series(now(EXTERNAL_METRICS.openFiles, cut), "{{instance}}"))
      .withTarget(series(now(METRICS.openStreams), "event streams")),

    timeseries(
      "Oldest session",
      "A session much older than the idle limit is one that somebody keeps alive, or one that was forgotten here.",
      units.Seconds,
    )
      .span(6)
      .withTarget(series(now(METRICS.oldestSession, {}, "max"), "oldest")),

    timeseries(
      "Age of the process",
      "A fall to 0 is a restart: what it counted began anew, its sessions are gone.",
      units.Seconds,
    )
      .span(6)
      .withTarget(series(`time() - ${now(EXTERNAL_METRICS.startTime, cut, "max")}`, "{{instance}}")),

    timeseries(
      "Middlewares that fail",
      "A part of the tool pipeline threw, and the call went on without it; a line called none at 0 is health. Above it: the log line says which and why.",
      units.CountsPerSecond,
    )
      .span(6)
      .withTarget(
        series(nonZero(perSecond(METRICS.middlewareFailures, { by: ["middleware"] }), "middleware"), "{{middleware}}"),
      ),
  ]);

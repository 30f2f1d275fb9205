import * as units from "@grafana/grafana-foundation-sdk/units";
import { METRICS } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { EXTERNAL_METRICS } from "../external-metrics.ts";
import { LINE_STYLES } from "../panel-style.ts";
import { perMinuteOf, timeseries } from "../panels.ts";
import { nonZero, now, perMinute, perSecond, sumRate } from "../promql.ts";
import { SERVER } from "../service.ts";
import { series } from "../targets.ts";

const cut = { by: ["instance"], where: { job: SERVER } } as const;

/** Per replica: a sum over several event loops would be meaningless. */
export const runtime = () =>
  row("Node.js runtime", [
    timeseries(
      "Event loop lag",
      "Delay of the event loop. Solid: p99, dashed: mean. About 10 ms is normal. Above 100 ms, a handler blocks the thread and every session waits.",
      units.Seconds,
    )
      .span(8)
      .withTarget(series(now(EXTERNAL_METRICS.eventLoopLagP99, cut, "max"), "{{instance}} p99"))
      .withTarget(series(now(EXTERNAL_METRICS.eventLoopLagMean, cut, "max"), "{{instance}} mean"))
      .overrideByRegexp("/ mean$/", LINE_STYLES.dashed),

    timeseries(
      "Memory",
      "Solid: heap in use. Dashed: whole process. If the heap grows after every garbage collection, there is a memory leak; compare with the number of sessions.",
      units.BytesIEC,
    )
      .span(8)
      .withTarget(series(now(EXTERNAL_METRICS.heapUsed, cut), "{{instance}} heap"))
      .withTarget(series(now(EXTERNAL_METRICS.residentMemory, cut), "{{instance}} process"))
      .overrideByRegexp("/ process$/", LINE_STYLES.dashed),

    timeseries(
      "CPU and garbage collection",
      "Share of one core. Dashed: the part spent on garbage collection. Node.js uses one core; near 100%, add replicas.",
      units.PercentUnit,
    )
      .span(8)
      .withTarget(series(perSecond(EXTERNAL_METRICS.cpu, cut), "{{instance}} CPU"))
      .withTarget(series(sumRate(EXTERNAL_METRICS.garbageCollection, cut), "{{instance}} garbage"))
      .overrideByRegexp("/ garbage$/", LINE_STYLES.dashed),

    timeseries(
      "Open files",
      "Open files, including sockets. If the number grows all the time, something is opened and never closed.",
      units.Short,
    )
      .span(6)
      .withTarget(series(now(EXTERNAL_METRICS.openFiles, cut), "{{instance}}"))
      .withTarget(series(now(METRICS.openStreams), "event streams")),

    timeseries(
      "Oldest session",
      "Age of the oldest open session. If it is much older than the idle limit, a client keeps it alive, or the server failed to close it.",
      units.Seconds,
    )
      .span(6)
      .withTarget(series(now(METRICS.oldestSession, {}, "max"), "oldest")),

    timeseries(
      "Uptime",
      "Time since the process started. A fall to 0 is a restart: its sessions are lost and its counters start again.",
      units.Seconds,
    )
      .span(6)
      .withTarget(series(`time() - ${now(EXTERNAL_METRICS.startTime, cut, "max")}`, "{{instance}}")),

    timeseries(
      "Middleware errors",
      "Errors in a part of the tool pipeline itself; the call continued without it. A line `none` at 0 is healthy. The log lines show the error.",
      perMinuteOf("errors"),
    )
      .span(6)
      .withTarget(
        series(nonZero(perMinute(METRICS.middlewareFailures, { by: ["middleware"] }), "middleware"), "{{middleware}}"),
      ),
  ]);

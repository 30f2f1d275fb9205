/**
 * MCP telemetry and runtime health: shows whether the other boards can be trusted. It follows each signal from the
 * server to its back end, and ends with the runtime of the server's process.
 */
import { board } from "./board.ts";
import { BOARDS } from "./board-names.ts";
import { alerting } from "./health/alerting.ts";
import { logs } from "./health/logs.ts";
import { runtime } from "./health/runtime.ts";
import { scrapes } from "./health/scrapes.ts";
import { traces } from "./health/traces.ts";

export const health = () =>
  board({
    ...BOARDS.health,
    description:
      "Do metrics, traces and logs arrive, and does the server's process have enough memory, processor time and files?",
    rows: [scrapes(), traces(), logs(), alerting(), runtime()],
  });

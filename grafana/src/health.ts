/**
 * MCP telemetry and runtime health: before you believe what the other boards say, or when they are silent. It
 * follows each signal from the server to where it is stored, and ends with the process itself.
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
    description: "Do metrics, traces and logs arrive, and is the server's process itself short of anything?",
    rows: [scrapes(), traces(), logs(), alerting(), runtime()],
  });

/**
 * MCP overview: the first board to look at during an incident. From top to bottom: current state, checks from outside,
 * error budget, traffic, latency, tools, sessions, dependencies, completeness of the data, log and traces.
 */
import { board } from "./board.ts";
import { BOARDS } from "./board-names.ts";
import { budget } from "./overview/budget.ts";
// demo:
import { dependencies } from "./overview/dependencies.ts";

// :demo
import { evidence, levelVariable } from "./overview/evidence.ts";
import { goldenSignals } from "./overview/golden-signals.ts";
import { latency } from "./overview/latency.ts";
import { probe } from "./overview/probe.ts";
import { sessions } from "./overview/sessions.ts";
import { telemetryHealth } from "./overview/telemetry-health.ts";
import { tools } from "./overview/tools.ts";
import { traffic } from "./overview/traffic.ts";

export const overview = () =>
  board({
    ...BOARDS.overview,
    description:
      "Is the MCP server healthy? If not: what causes it, which tool fails, since when, and what do log lines and traces show?",
    variables: [levelVariable()],
    rows: [
      goldenSignals(),
      probe(),
      budget(),
      traffic(),
      latency(),
      tools(),
      sessions(),
      // demo:
      dependencies(),
      // :demo
      telemetryHealth(),
      evidence(),
    ],
  });

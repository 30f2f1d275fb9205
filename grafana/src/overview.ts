/**
 * MCP overview: the first board to open when on call. From top to bottom: golden signals, the probe's view from outside,
 * error budget, outcomes and errors, latency, tools, context cost, saturation, dependencies, telemetry health, and logs and traces.
 */
import { board } from "./board.ts";
import { BOARDS } from "./board-names.ts";
import { budget } from "./overview/budget.ts";
import { contextCost } from "./overview/context-cost.ts";
import { dependencies } from "./overview/dependencies.ts";
import { evidence, levelVariable } from "./overview/evidence.ts";
import { goldenSignals } from "./overview/golden-signals.ts";
import { latency } from "./overview/latency.ts";
import { probe } from "./overview/probe.ts";
import { resourcesAndPrompts } from "./overview/resources-and-prompts.ts";
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
      resourcesAndPrompts(),
      contextCost(),
      sessions(),
      dependencies(),
      telemetryHealth(),
      evidence(),
    ],
  });

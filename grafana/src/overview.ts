/**
 * MCP overview: the first board to open when on call. Its first screen shows how calls end, what fails, how slow it is,
 * how much of the budget is left, and which alerts fire. Below are latency, rejections, logs and traces; the rest is in
 * rows that a click opens.
 */
import { board } from "./board.ts";
import { BOARDS } from "./board-names.ts";
import { contextCost } from "./overview/context-cost.ts";
import { dependencies } from "./overview/dependencies.ts";
import { goldenSignals } from "./overview/golden-signals.ts";
import { latency } from "./overview/latency.ts";
import { levelVariable, logsAndTraces } from "./overview/logs-and-traces.ts";
import { rejections } from "./overview/rejections.ts";
import { resourcesAndPrompts } from "./overview/resources-and-prompts.ts";
import { saturation } from "./overview/saturation.ts";
import { sessions } from "./overview/sessions.ts";
import { telemetryHealth } from "./overview/telemetry-health.ts";

export const overview = () =>
  board({
    ...BOARDS.overview,
    description:
      "Is the MCP server healthy? If not: what causes it, which tool fails, since when, and what do log lines and traces show?",
    variables: [levelVariable()],
    rows: [
      goldenSignals(),
      latency(),
      rejections(),
      logsAndTraces(),
      dependencies(),
      saturation(),
      sessions(),
      resourcesAndPrompts(),
      contextCost(),
      telemetryHealth(),
    ],
  });

import { ATTR } from "../../../server/telemetry/conventions.ts";
import { row } from "../board.ts";
import { CLICKED, linkToSession } from "../links.ts";
import { spanTable } from "../panels.ts";
import { linked } from "../table-columns.ts";
import { spans } from "../targets.ts";
import { endedSessions, openedSessions } from "../traceql.ts";

const sessions = (title: string, description: string) =>
  linked(spanTable(title, description), ATTR.sessionId, linkToSession(CLICKED)).span(12).height(9);

export const recentSessions = () =>
  row("Other sessions", [
    sessions(
      "Opened",
      "The newest sessions, also those that are still open. Click an id to read that session above.",
    ).withTarget(spans(openedSessions)),
    sessions(
      "Ended",
      "With the name that the client gave itself, its calls, and why it ended. Many calls or idle_timeout: a client to look at.",
    ).withTarget(spans(endedSessions)),
  ]);

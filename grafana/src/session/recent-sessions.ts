import { ATTR } from "mcp-telemetry/conventions";
import { row } from "../board.ts";
import { CLICKED, linkToSession } from "../links.ts";
import { spanTable } from "../panels.ts";
import { linked } from "../table-columns.ts";
import { spans } from "../targets.ts";
import { endedSessions, openedSessions } from "../traceql.ts";

const sessions = (title: string, description: string) =>
  linked(spanTable(title, description), ATTR.sessionId, linkToSession(CLICKED)).span(24).height(8);

export const recentSessions = () =>
  row("Recent sessions", [
    sessions(
      "Opened",
      "The newest sessions, including open ones, of clients until revision 2025-11-25; later revisions have none. Click an id to show that session above.",
    ).withTarget(spans(openedSessions)),
    sessions(
      "Ended",
      "Ended sessions, of clients until revision 2025-11-25, with the name of the client, the number of calls, and the reason of the end. Check clients with many calls or with idle_timeout.",
    ).withTarget(spans(endedSessions)),
  ]);

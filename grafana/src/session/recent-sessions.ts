import { row } from "../board.ts";
import { spanTable } from "../span-table.ts";
import { spans } from "../targets.ts";
import { endedSessions as ended, openedSessions as opened } from "../traceql.ts";

export const openedSessions = () =>
  row("Recent sessions: click an id to show that session below", [
    spanTable(
      "Opened sessions",
      "The newest sessions, including open ones, of clients until revision 2025-11-25; later revisions have none.",
      ["time", "session", "client", "subject", "trace"],
    )
      .span(24)
      .height(6)
      .noValue("No session was opened in the time shown")
      .withTarget(spans(opened)),
  ]);

export const endedSessions = () =>
  row("Ended sessions", [
    spanTable(
      "Ended sessions",
      "Ended sessions, with the number of calls and the reason of the end. Check clients with many calls or with idle_timeout.",
      ["time", "session", "client", "calls", "endReason", "duration", "trace"],
    )
      .span(24)
      .height(8)
      .noValue("No session has ended in the time shown")
      .withTarget(spans(ended)),
  ]);

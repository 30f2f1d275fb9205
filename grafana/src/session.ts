/**
 * MCP session: one session, selected by its id. It reads logs and traces only: metrics have no session id, because each
 * label value would create a new series.
 */
import { QueryVariableBuilder, VariableRefresh } from "@grafana/grafana-foundation-sdk/dashboard";
import { ATTR } from "mcp-telemetry/conventions";
import { board } from "./board.ts";
import { BOARDS, type BoardVariable } from "./board-names.ts";
import { datasource } from "./datasources.ts";
import { endedSessions, openedSessions } from "./session/recent-sessions.ts";
import { requests } from "./session/requests.ts";
import { traceAndLog } from "./session/trace-and-log.ts";

/** Grafana's number for the values of a tag, in a query for the values of a variable. */
const LABEL_VALUES = 1;

/**
 * The sessions of the time shown; without a choice, one of them. It is not refreshed with the time: a session that a link
 * has chosen may have ended before.
 */
const sessionVariable = () =>
  new QueryVariableBuilder("session" satisfies BoardVariable)
    .label("Session id")
    .datasource(datasource("tempo"))
    .query({ type: LABEL_VALUES, label: ATTR.sessionId, refId: "sessions" })
    .refresh(VariableRefresh.OnDashboardLoad);

export const session = () =>
  board({
    ...BOARDS.session,
    description:
      "One session: which requests did it send, how did they end, and what was logged? Clients have sessions until revision 2025-11-25.",
    variables: [sessionVariable()],
    rows: [openedSessions(), traceAndLog(), requests(), endedSessions()],
  });

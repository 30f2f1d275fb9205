/**
 * MCP session: one session, selected by its id. It reads logs and traces only: metrics have no session id, because each
 * label value would create a new series.
 */
import { TextBoxVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { board } from "./board.ts";
import { BOARDS, type BoardVariable } from "./board-names.ts";
import { recentSessions } from "./session/recent-sessions.ts";
import { requests } from "./session/requests.ts";
import { traceAndLog } from "./session/trace-and-log.ts";

const PLACEHOLDER = "paste an id, or click one below";

const sessionVariable = () =>
  new TextBoxVariableBuilder("session" satisfies BoardVariable)
    .label("Session id")
    .defaultValue(PLACEHOLDER)
    .current({ text: PLACEHOLDER, value: PLACEHOLDER, selected: true });

export const session = () =>
  board({
    ...BOARDS.session,
    description:
      "One session: which requests did it send, how did they end, and what was logged? Clients have sessions until revision 2025-11-25.",
    variables: [sessionVariable()],
    rows: [requests(), traceAndLog(), recentSessions()],
  });

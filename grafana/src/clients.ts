/** MCP clients: who calls, with which revision of the protocol, how their calls end, and what they changed. */
import { board } from "./board.ts";
import { BOARDS } from "./board-names.ts";
import { audit } from "./clients/audit.ts";
import { quality } from "./clients/quality.ts";
import { subjects } from "./clients/subjects.ts";
import { usage } from "./clients/usage.ts";

export const clients = () =>
  board({
    ...BOARDS.clients,
    description:
      "Who calls the server, with which revision of the protocol, and whose calls fail, are rejected or are slow?",
    rows: [usage(), quality(), subjects(), audit()],
  });

/** MCP probe: the server as a client sees it from outside, and what its targets offer. */
import { board } from "./board.ts";
import { BOARDS } from "./board-names.ts";
import { checks } from "./probe/checks.ts";
import { targets } from "./probe/targets.ts";

export const probe = () =>
  board({
    ...BOARDS.probe,
    description: "Do clients reach the server, how long does each step take, and have the tools of a target changed?",
    rows: [checks(), targets()],
  });

// Whether this node is recent enough. Any version of Node.js can run this file: it says no in one line, with what to do.
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const needed = engines.node.replace(">=", "").split(".").map(Number);
const own = process.versions.node.split(".").map(Number);
const at = needed.findIndex((part, i) => part !== own[i]);
if (at >= 0 && own[at] < needed[at]) {
  console.error(
    `node is ${process.versions.node}, and this needs ${needed.join(".")} or newer: use make (make dev, make stdio, make test), which gets one, or install it from https://nodejs.org`,
  );
  process.exit(1);
}

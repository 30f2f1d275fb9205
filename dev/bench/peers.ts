/** `make bench PEERS=1`: what other telemetry for MCP servers costs, on the same bare server, in one run. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Receiver } from "./process.ts";
import { costTable } from "./report.ts";
import { compare, type Settings } from "./rounds.ts";
import { variants } from "./variants.ts";

const FOLDER = join(import.meta.dirname, "peers");

/** @throws when the packages cannot be installed */
export async function compareWithPeers(settings: Settings, receiver: Receiver): Promise<void> {
  const npm = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  execFileSync("npm", npm, { cwd: FOLDER, stdio: ["ignore", "ignore", "inherit"] });
  const all = variants(receiver.url);
  const { a, c, j } = all;
  const peer = (title: string, file: string) => ({ title, program: `./dev/bench/peers/${file}`, env: c.env });
  const rows = await compare(
    {
      bare: a,
      tutorial: all.b, // template
      sentry: peer("Sentry's wrapMcpServerWithSentry", "sentry.ts"),
      traceloop: peer("Traceloop's instrumentation of MCP (no span of a call)", "traceloop.ts"),
      preload: j,
      "this server": c,
    },
    settings,
    receiver.url,
  );
  process.stdout.write(`${costTable(Object.entries(rows), rows.bare)}\n`);
}

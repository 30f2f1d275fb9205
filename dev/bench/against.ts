/**
 * `make bench AGAINST=<commit>`: what a call costs here and at a commit, in one run. The working copy runs twice: the second
 * one is the control. The exit code is 2 when the two differ so much that the machine was too busy to compare.
 */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { CONTROL_SHARE } from "./limits.ts";
import { OUTPUT, type Receiver, ROOT } from "./process.ts";
import { costTable } from "./report.ts";
import { compare, ratioOf, type Settings } from "./rounds.ts";
import { variants } from "./variants.ts";

/** @throws when there is no such commit, or its packages cannot be installed */
export async function compareWith(commit: string, settings: Settings, receiver: Receiver): Promise<number> {
  const directory = `${OUTPUT}/against`;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const removed = () => {
    if (existsSync(directory)) rmSync(directory, { recursive: true });
    git("worktree", "prune");
  };
  removed();
  try {
    git("worktree", "add", "--detach", directory, commit);
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });
    const { c, g } = variants(receiver.url);
    const rows = await compare(
      {
        here: { ...c, title: "the working copy" },
        there: { ...c, title: commit, directory },
        control: { ...c, title: "the working copy again: the control" },
        "here, stateless": { ...g, title: "called without sessions" },
        "there, stateless": { ...g, title: `${commit}, called without sessions`, directory },
      },
      settings,
      receiver.url,
    );
    process.stdout.write(`${costTable(Object.entries(rows), rows.there)}\n`);
    const control = ratioOf(rows.control, rows.here, "small", "cpuUs");
    if (Math.abs(control - 1) <= CONTROL_SHARE) return 0;
    process.stderr.write(`not conclusive: the control is ${control.toFixed(2)} × the working copy\n`);
    return 2;
  } finally {
    removed();
  }
}

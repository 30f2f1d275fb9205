/** A test file for children.test.ts: starts what tests start, writes their ids to PID_FILE, and ends as HOW says. */
import { once } from "node:events";
import { renameSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { spawnChild } from "./children.ts";
import { runServer, runStdio } from "./running-server.ts";

const { HOW = "", PID_FILE = "" } = process.env;

test("fails half way", async () => {
  const servers = HOW === "throws beside servers" ? await Promise.all([runServer(), runStdio()]) : undefined;
  const plain = spawnChild("sleep", ["1000"]);
  const shell = spawnChild("sh", ["-c", "sleep 1000 & echo $!; wait"], { group: true });
  const [program] = await once(shell.stdout, "data");
  const pids = {
    file: process.pid,
    plain: plain.pid,
    shell: shell.pid,
    ofTheShell: Number(program),
    ...(servers && { http: servers[0].process.pid, stdio: servers[1].pid }),
  };
  writeFileSync(`${PID_FILE}.part`, JSON.stringify(pids));
  renameSync(`${PID_FILE}.part`, PID_FILE);
  if (HOW.startsWith("throws")) throw new Error("half way");
  if (HOW === "rejects unheard") void Promise.reject(new Error("half way"));
  await new Promise(() => {});
});

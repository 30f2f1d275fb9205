import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { until } from "../../../test/support/wait.ts";
import { Processes } from "./processes.ts";

const directory = mkdtempSync(join(tmpdir(), "processes-"));
const processes = new Processes(directory);
const logFile = join(directory, "greeter.log");

process.once("exit", () => processes.signal("greeter", "SIGKILL"));
after(async () => {
  await processes.stop(["greeter"], 1000);
  rmSync(directory, { recursive: true });
});

async function greetings(count: number): Promise<void> {
  const logged = () => readFileSync(logFile, "utf8");
  await until(
    () => logged().split("hello\n").length > count,
    () => `${count} greetings in ${logged()}`,
  );
}

test("an interrupted process is stopped until it is started again, with its arguments and environment", async () => {
  await processes.start("greeter", {
    path: process.execPath,
    args: ["-e", "console.log(process.env.GREETING); setInterval(() => {}, 1000)"],
    environment: { GREETING: "hello" },
    cwd: directory,
    logFile,
    fingerprint: "1",
  });
  await greetings(1);
  const startAgain = await processes.interrupt("greeter", 1000);
  assert.equal(processes.isRunning("greeter"), false);
  await startAgain();
  assert.equal(processes.isCurrent("greeter", "1"), true);
  await greetings(2);
});

test("only the owner can read the file of a process: its environment may hold a password", () => {
  const [file = ""] = readdirSync(join(directory, "processes"));
  assert.equal(statSync(join(directory, "processes", file)).mode & 0o077, 0);
});

test("a process that does not run cannot be interrupted", async () => {
  await assert.rejects(processes.interrupt("nobody", 1000), /nobody does not run/);
});

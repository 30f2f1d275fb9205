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

test("a process that is taken away is gone until it is given back, with its arguments and environment", async () => {
  await processes.start("greeter", {
    path: process.execPath,
    args: ["-e", "console.log(process.env.GREETING); setInterval(() => {}, 1000)"],
    environment: { GREETING: "hello" },
    cwd: directory,
    logFile,
    fingerprint: "1",
  });
  await greetings(1);
  const giveBack = await processes.interrupt("greeter", 1000);
  assert.equal(processes.isRunning("greeter"), false);
  await giveBack();
  assert.equal(processes.isCurrent("greeter", "1"), true);
  await greetings(2);
});

test("what is remembered of a process is its owner's alone: its environment may hold a password", () => {
  const [file = ""] = readdirSync(join(directory, "processes"));
  assert.equal(statSync(join(directory, "processes", file)).mode & 0o077, 0);
});

test("what does not run cannot be taken away", async () => {
  await assert.rejects(processes.interrupt("nobody", 1000), /nobody does not run/);
});

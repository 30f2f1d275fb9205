import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { killAtExit } from "../../../test/support/children.ts";
import { SERVER_ARGS, testEnvironment } from "../../../test/support/running-server.ts";
import { timeToGoWrong, until } from "../../../test/support/wait.ts";
import { ROOT } from "../settings/environment.ts";
import { Processes } from "./processes.ts";

const directory = mkdtempSync(join(tmpdir(), "processes-"));
const processes = new Processes(directory);
const logFile = join(directory, "greeter.log");

process.once("exit", () => {
  for (const name of ["greeter", "server"]) processes.signal(name, "SIGKILL");
});
after(async () => {
  await processes.stop(["greeter", "server"], 1000);
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Blocks the event loop for ever on SIGUSR2. */
const BLOCKS = `data:text/javascript,
  import { writeSync } from "node:fs";
  process.on("SIGUSR2", () => {
    writeSync(1, "blocked");
    for (;;);
  });`;

test("a server whose event loop is blocked does not end by itself: it is killed when its grace period is over", async () => {
  const serverLog = join(directory, "server.log");
  const [flag = "", register = "", main = ""] = SERVER_ARGS;
  await processes.start("server", {
    path: process.execPath,
    args: [flag, register, "--import", BLOCKS, main],
    environment: testEnvironment(),
    cwd: ROOT,
    logFile: serverLog,
    fingerprint: "1",
  });
  const logged = (text: string) => until(() => readFileSync(serverLog, "utf8").includes(text), `"${text}" in the log`);
  await logged("listening");
  processes.signal("server", "SIGUSR2");
  await logged("blocked");
  processes.signal("server", "SIGTERM");
  await timeToGoWrong(500);
  const { pid } = JSON.parse(readFileSync(join(directory, "processes", "server.json"), "utf8"));
  killAtExit(pid);
  assert.equal(isAlive(pid), true);
  await processes.stop(["server"], 500);
  await until(() => !isAlive(pid), "the end of the server");
});

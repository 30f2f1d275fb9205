/**
 * The server over stdio, as a foreign client starts it: `node recorded-server.ts FOLDER`. What it writes to stdout and
 * stderr, and its exit code, are kept in a folder of its own inside FOLDER.
 */
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

/** Not those of running-server.ts: with it comes what ends this process at SIGTERM, before the server has ended. */
const SERVER_ARGS = ["--import", "./server/telemetry/register.ts", "server/test/server-with-test-tools.ts"];

const folder = mkdtempSync(join(process.argv[2] ?? "", "run-"));
const child = spawn(process.execPath, [...SERVER_ARGS, "--stdio"], { cwd: ROOT, stdio: ["inherit", "pipe", "pipe"] });
child.stdout.pipe(createWriteStream(join(folder, "stdout")));
child.stderr.pipe(createWriteStream(join(folder, "stderr")));
child.stdout.pipe(process.stdout);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
child.once("close", (code, signal) => {
  writeFileSync(join(folder, "exit"), String(code ?? signal));
  process.exitCode = code ?? 1;
});

/** Every log line is written or counted as dropped, whatever happens to the output. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { spawnChild } from "../../test/support/children.ts";
import { until } from "../../test/support/wait.ts";

/** Writes as many lines as each line of its stdin says; answers with the numbers of written and of dropped lines. */
const WRITER = `
import { createInterface } from "node:readline";
import { openLogStream } from "./server/telemetry/logging/stream.ts";
const stream = openLogStream(1);
let written = 0;
for await (const line of createInterface(process.stdin)) {
  if (line === "end") break;
  for (let count = Number(line); count > 0; count -= 1) stream.write(JSON.stringify({ line: written++, text: "x".repeat(200) }) + "\\n");
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.stderr.write(JSON.stringify({ written, dropped: stream.dropped() }) + "\\n");
}
await stream.end();
process.stderr.write(JSON.stringify({ written, dropped: stream.dropped() }) + "\\n");
process.exit(0);
`;

function writer(t: TestContext, stdout: number | "pipe") {
  const child = spawnChild(process.execPath, ["--input-type=module", "--eval", WRITER], {
    stdio: ["pipe", stdout, "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const answers = createInterface(child.stderr as NodeJS.ReadableStream);
  return {
    child,
    async write(lines: number | "end"): Promise<{ written: number; dropped: number }> {
      const answer = once(answers, "line");
      child.stdin?.write(`${lines}\n`);
      return JSON.parse(String((await answer)[0]));
    },
  };
}

/** A file system of a megabyte. @throws where there is no right to mount */
function smallDisk(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mcp-log-"));
  let mounted = false;
  t.after(() => {
    if (mounted) execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "pipe" });
  mounted = true;
  return folder;
}

const linesIn = (path: string): number[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).line);

test("a disk that gets full and has space again gets all lines that fit the buffer; the others are counted", async (t) => {
  let folder: string;
  try {
    folder = smallDisk(t);
  } catch {
    return t.skip("there is no right to mount");
  }
  const path = join(folder, "server.log");
  const fd = openSync(path, "a");
  const { write } = writer(t, fd);
  closeSync(fd);
  // A megabyte is on the disk, 4 MiB are in the buffer.
  const full = await write(40_000);
  assert.ok(full.dropped > 0, "the buffer is limited");
  execFileSync("mount", ["-o", "remount,size=100m", folder]);
  const kept = full.written - full.dropped;
  await until(() => linesIn(path).length === kept, "the lines of the buffer, seconds after there was space", 5000);
  const { written, dropped } = await write(10);
  assert.deepEqual(await write("end"), { written, dropped });
  const arrived = linesIn(path);
  assert.equal(arrived.length + dropped, written);
  assert.equal(arrived.at(-1), written - 1);
  assert.equal(new Set(arrived).size, arrived.length);
});

test("when the reader has gone, each line that it did not get is counted", async (t) => {
  const { child, write } = writer(t, "pipe");
  const { stdout } = child;
  assert.ok(stdout !== null);
  const got = createInterface(stdout);
  let arrived = 0;
  got.on("line", () => {
    arrived += 1;
  });
  const first = await write(1000);
  await until(() => arrived === 1000, "all lines");
  assert.equal(first.dropped, 0);
  stdout.destroy();
  await write(1000);
  await write(5);
  assert.deepEqual(await write("end"), { written: 2005, dropped: 1005 });
});

/** Writes as many lines in a turn of the event loop as a batch of messages makes, and has slow turns. */
const BUSY = `
import { openLogStream } from "./server/telemetry/logging/stream.ts";
const stream = openLogStream(1);
let turns = 0;
const turn = async () => {
  const busyUntil = performance.now() + 20;
  for (let count = 0; count < 500; count += 1) stream.write(JSON.stringify({ line: turns * 500 + count, text: "x".repeat(300) }) + "\\n");
  while (performance.now() < busyUntil);
  turns += 1;
  if (turns < 60) return void setImmediate(turn);
  await stream.end();
  process.stderr.write(String(stream.dropped()));
};
turn();
`;

test("a busy event loop loses no line: 200 kB in each turn are written to a file", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "mcp-log-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "log");
  const fd = openSync(path, "w");
  const child = spawnChild(process.execPath, ["--input-type=module", "--eval", BUSY], {
    stdio: ["ignore", fd, "pipe"],
  });
  closeSync(fd);
  const [dropped] = await once(child.stderr as NodeJS.ReadableStream, "data");
  assert.equal(Number(dropped), 0);
  assert.equal(linesIn(path).length, 60 * 500);
});

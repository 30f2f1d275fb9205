/** A log's disk that fails: what is written meanwhile waits or fails, and what is written afterwards arrives. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { spawnChild } from "../../test/support/children.ts";
import { timeToGoWrong, until } from "../../test/support/wait.ts";
import { openLogDisk, stalledPipe } from "./log-disk.ts";

/** Writes a megabyte for each line of its stdin, and says on stderr how that went. */
const WRITER = `
const { writeSync } = require("node:fs");
require("node:readline").createInterface(process.stdin).on("line", (line) => {
  try { for (let kib = 0; kib < 1024; kib += 1) writeSync(1, line.padEnd(1023) + "\\n"); writeSync(2, "written\\n"); }
  catch (error) { writeSync(2, error.code + "\\n"); }
});`;

for (const open of [openLogDisk, stalledPipe]) {
  test(`${open.name}: fails and heals`, async (t) => {
    const disk = open(mkdtempSync(join(tmpdir(), "mcp-chaos-")));
    const child = spawnChild(process.execPath, ["-e", WRITER], { stdio: ["pipe", disk.stdio, "pipe"] });
    t.after(() => {
      child.kill();
      disk.remove();
    });
    disk.started(child.stdout);
    const said = async () => String((await once(child.stderr as NodeJS.ReadableStream, "data"))[0]).trim();
    const write = (line: string) => void child.stdin?.write(`${line}\n`);

    write("before");
    assert.equal(await said(), "written");
    disk.fail();
    write("meanwhile");
    const answer = await Promise.race([said(), timeToGoWrong(500).then(() => "nothing")]);
    assert.equal(answer, disk.stdio === "pipe" ? "nothing" : "ENOSPC");
    disk.heal();
    if (disk.stdio === "pipe") assert.equal(await said(), "written");
    write("afterwards");
    assert.equal(await said(), "written");
    await until(async () => (await text(disk.read())).includes("afterwards"), "the last line");
  });
}

/** The limit of memory is real: what takes more is killed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { spawnChild } from "../../test/support/children.ts";
import { limitMemory } from "./memory.ts";

const MIB = 1024 ** 2;
const TAKE = "const taken = []; for (let i = 0; i < 200; i += 1) taken.push(Buffer.alloc(1024 ** 2, 1));";

test("a process that takes more than its limit is killed, one that takes less is not", async (t) => {
  for (const [limit, expected] of [
    [128 * MIB, "SIGKILL"],
    [512 * MIB, 0],
  ] as const) {
    const memory = limitMemory(limit);
    if (!memory.enforced) return t.skip("this user may make no cgroup");
    const [program = "", ...args] = [...memory.wrapper, process.execPath, "-e", TAKE];
    const [code, signal] = await once(spawnChild(program, args), "close");
    memory.remove();
    assert.equal(signal ?? code, expected);
  }
});

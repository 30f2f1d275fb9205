/** Whatever becomes of a test file, nothing that it started is left. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { spawnChild } from "./children.ts";
import { scaled, until } from "./wait.ts";

const directory = mkdtempSync(join(tmpdir(), "children-"));
after(() => rmSync(directory, { recursive: true }));

const ROOT = join(import.meta.dirname, "..", "..");
const FILE = join(import.meta.dirname, "fails-half-way.ts");
/** As `make test` runs a file. */
const RUNNER = ["--test", "--test-force-exit"];

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Runs the file until its children are up. */
async function started(how: string, runner: readonly string[]) {
  const pidFile = join(directory, `${how}.json`);
  const { NODE_TEST_CONTEXT: _test, ...outer } = process.env;
  const child = spawnChild(process.execPath, [...runner, FILE], { env: { ...outer, HOW: how, PID_FILE: pidFile } });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
  }
  const ended = once(child, "exit");
  await until(
    () => existsSync(pidFile),
    () => `children that are up: ${printed}`,
  );
  const { file = 0, ...pids }: Readonly<Record<string, number>> = JSON.parse(readFileSync(pidFile, "utf8"));
  return { child, ended, file, pids };
}

async function nothingIsLeft(pids: Readonly<Record<string, number>>): Promise<void> {
  for (const [what, pid] of Object.entries(pids)) await until(() => !isRunning(pid), `an end of ${what}, ${pid}`);
}

test("whatever tests start goes through here", () => {
  const files = globSync(["**/*.test.ts", "**/test/**/*.ts"], { cwd: ROOT, exclude: ["**/node_modules", ".*"] });
  assert.ok(files.length > 50);
  for (const file of files.filter((name) => name !== "test/support/children.ts")) {
    const source = readFileSync(join(ROOT, file), "utf8");
    assert.doesNotMatch(source, /import \{[^}]*\b(spawn|exec|execFile|fork)\b[^}]*\} from "node:child_process"/, file);
  }
});

describe("nothing is left", { concurrency: 3 }, () => {
  for (const how of ["throws beside servers", "rejects unheard"]) {
    test(`when a test ${how}`, async () => {
      const { ended, pids } = await started(how, RUNNER);
      assert.deepEqual(await ended, [1, null]);
      await nothingIsLeft(pids);
    });
  }

  test("when a test takes longer than --test-timeout", async () => {
    const { ended, pids } = await started("hangs", [...RUNNER, `--test-timeout=${scaled(10_000)}`]);
    assert.deepEqual(await ended, [1, null]);
    await nothingIsLeft(pids);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    for (const whom of ["file", "runner"]) {
      test(`when the ${whom} gets ${signal}`, async () => {
        const { child, ended, file, pids } = await started(`hangs, ${whom} ${signal}`, whom === "file" ? [] : RUNNER);
        assert.deepEqual(Object.values(pids).map(isRunning), [true, true, true]);
        child.kill(signal);
        await ended;
        await nothingIsLeft({ file, ...pids });
      });
    }
  }
});

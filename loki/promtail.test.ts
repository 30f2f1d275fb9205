/** A real Promtail and a real Loki: lines keep their time, lines that are sent twice are kept once, long ones are cut. */
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Addresses } from "../deploy/stack/native/addresses.ts";
import { findProgram, howToGet } from "../deploy/stack/native/programs.ts";
import { renderService } from "../deploy/stack/native/render.ts";
import { stackVariables } from "../deploy/stack/settings/environment.ts";
import { spawnChild } from "../test/support/children.ts";
import { freePort } from "../test/support/free-port.ts";
import { lokiProgram } from "../test/support/loki-program.ts";
import { until } from "../test/support/wait.ts";

const { skip: noLoki, start } = lokiProgram();
const promtail = findProgram(["promtail"], stackVariables());
const skip = noLoki || (promtail === undefined && `not verified: ${howToGet("promtail")}`);

type Entry = readonly [nanoseconds: string, line: string];
interface Answer {
  readonly data: { readonly result: readonly { readonly values: readonly Entry[] }[] };
}

test("Promtail that is killed and reads a file again doubles no line; each has its own time, and a long one is cut", {
  skip,
}, async (t) => {
  const loki = await start();
  const directory = mkdtempSync(join(tmpdir(), "promtail-"));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  const variables = {
    ...stackVariables(),
    LOKI_PORT: new URL(loki).port,
    PROMTAIL_PORT: String(await freePort()),
    PROMTAIL_GRPC_PORT: String(await freePort()),
  };
  const addresses = new Addresses(variables);
  const log = join(directory, "mcp-server.log");
  const rendering = { variables, addresses, directory, present: new Set(["mcp-server"]), logFile: () => log };
  const run = () => {
    const { args } = renderService("promtail", rendering);
    const running = spawnChild(promtail ?? "", args, { cwd: directory, stdio: "ignore" });
    t.after(() => running.kill("SIGKILL"));
    return running;
  };
  const metric = async (name: string): Promise<number> => {
    const page = await (await fetch(`${addresses.url("promtail:9080")}/metrics`).catch(() => undefined))?.text();
    const values = (page ?? "").split("\n").filter((line) => line.startsWith(name));
    return values.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  };
  const entries = async (): Promise<Entry[]> => {
    const query = new URLSearchParams({ query: '{service_name="mcp-server"}', limit: "1000", since: "2h" });
    const answer = await (await fetch(`${loki}/loki/api/v1/query_range?${query}`)).json();
    return (answer as Answer).data.result.flatMap(({ values }) => values);
  };
  const began = Date.now() - 1_800_000;
  const write = (msg: string, at: number) =>
    appendFileSync(log, `${JSON.stringify({ level: "info", time: new Date(began + at).toISOString(), msg })}\n`);
  for (let at = 0; at < 100; at += 1) write(`line ${at}`, at);

  const first = run();
  await until(async () => (await entries()).length === 100, "a hundred lines in Loki");
  first.kill("SIGKILL");
  await new Promise((resolve) => first.once("exit", resolve));
  rmSync(join(directory, "root"), { recursive: true });
  write("x".repeat(300_000), 100);
  run();
  await until(async () => (await metric("promtail_sent_entries_total")) === 101, "all lines are sent again");
  const found = await until(async () => {
    const all = await entries();
    return all.length >= 101 && all;
  }, "the new line in Loki");

  assert.equal(found.length, 101);
  assert.equal(await metric("promtail_dropped_entries_total"), 0);
  const sorted = found.map(([nanoseconds, line]) => [Number(nanoseconds) / 1e6, line.length] as const).sort();
  for (const [at, [time]] of sorted.entries()) assert.ok(Math.abs(time - began - at) < 0.5, `line ${at}: ${time}`);
  assert.equal(sorted.at(-1)?.[1], 256 * 1024);
});

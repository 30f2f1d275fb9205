import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";

async function hold(t: TestContext, port = 0): Promise<number> {
  const holder = createServer().listen(port, "127.0.0.1");
  await once(holder, "listening");
  t.after(() => holder.close());
  return (holder.address() as AddressInfo).port;
}

const aside = (port: number) => (port + 10_000 > 65_535 ? port - 10_000 : port + 10_000);

/** A free port for each variable that has one. */
async function ports(): Promise<Record<string, string>> {
  const names = Object.keys(stackVariables({})).filter((name) => name.endsWith("_PORT"));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, String(await freePort())])));
}

test("beside a stack that has the ports, make dev has others, and each process has its name in front of its lines", async (t) => {
  const own = await ports();
  const MCP_PORT = await hold(t);
  const child = spawnChild(process.execPath, ["dev/watch/main.ts"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...own, MCP_PORT: String(MCP_PORT) },
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (/listening url=\S+\/mcp$/.test(line)) break;
  }
  const inspector = `http://127.0.0.1:${aside(Number(own.METRICS_PORT))}/inspect`;
  assert.equal(lines[0], `${MCP_PORT}: taken, as beside make up; make dev has other ports`);
  assert.ok(lines.includes(`call its tools at            http://127.0.0.1:${aside(MCP_PORT)}/mcp`), lines.join("\n"));
  assert.ok(lines.includes(`see every session and call at ${inspector}`));
  for (const line of lines.slice(3)) assert.match(line, /^[a-z-]+ +\| /);
  assert.match(await (await fetch(inspector)).text(), new RegExp(`--cli http://127.0.0.1:${aside(MCP_PORT)}/mcp `));
  child.kill("SIGTERM");
  await once(child, "exit");
});

test("where those are taken too, make dev names the variables, and starts nothing", async (t) => {
  const own = await ports();
  const port = await hold(t);
  await hold(t, aside(port));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dev/watch/main.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...own, METRICS_PORT: String(port) },
  });
  assert.deepEqual([status, stdout], [1, ""]);
  for (const one of [port, aside(port)]) {
    assert.match(
      stderr,
      new RegExp(`^port ${one} \\(mcp-server\\) is taken: set METRICS_PORT in \\.env\\.local to a free one$`, "m"),
    );
  }
});

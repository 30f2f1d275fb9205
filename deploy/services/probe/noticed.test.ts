/** The real server and the real probe: each fault of a server is found within two intervals, at the right step. */
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { type RunningServer, runServer } from "../../../test/support/running-server.ts";
import { scaled, timeToGoWrong, until } from "../../../test/support/wait.ts";
import { blackHole } from "./test/broken-listeners.ts";
import { type FakeServer, fakeServer, listening } from "./test/fake-server.ts";
import { type RunningProbe, runProbe } from "./test/running-probe.ts";

const INTERVAL_MS = scaled(5000);

let killed: RunningServer;
let frozen: RunningServer;
let old: RunningServer;
let renewed: RunningServer;
let healthy: FakeServer;
let probe: RunningProbe;
/** Tools that the server which is killed has, and the renewed one has not. */
let removed: readonly string[];
/** By proxy: the port that it forwards to; undefined: it accepts connections and never answers. */
const proxyPorts: Record<string, string | undefined> = {};
/** Number of slow targets. Each takes a fifth of an interval to fail. */
const SLOW_TARGETS = 8;

async function toolsOf(server: RunningServer): Promise<readonly string[]> {
  const client = await server.client();
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
}

async function proxyTo(name: string, server: RunningServer): Promise<string> {
  proxyPorts[name] = server.url.port;
  const port = await listening(
    createServer((socket) => {
      const port = proxyPorts[name];
      socket.on("error", () => {});
      if (port === undefined) return;
      const upstream = connect(Number(port), "127.0.0.1").on("error", () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
    }),
  );
  return `http://127.0.0.1:${port}/mcp`;
}

before(async () => {
  [killed, frozen, old, renewed] = await Promise.all([
    runServer(),
    runServer(),
    runServer(),
    runServer({}, "server/main.ts"),
  ]);
  const kept = await toolsOf(renewed);
  removed = (await toolsOf(killed)).filter((name) => !kept.includes(name));
  assert.ok(removed.length > 0);
  healthy = await fakeServer();
  const blackHoleUrl = `http://127.0.0.1:${await blackHole()}/mcp`;
  const targets = {
    killed: killed.url.href,
    frozen: frozen.url.href,
    dark: await proxyTo("dark", old),
    renewed: await proxyTo("renewed", old),
    healthy: healthy.url.href,
    ...Object.fromEntries(Array.from({ length: SLOW_TARGETS }, (_, index) => [`slow-${index}`, blackHoleUrl])),
  };
  probe = await runProbe(
    Object.entries(targets).map(([name, url]) => ({
      name,
      url,
      interval: `${INTERVAL_MS}ms`,
      timeout: `${INTERVAL_MS / 5}ms`,
      canary: { tool: "add", arguments: { a: 1, b: 2 }, expect: { structured: { sum: 3 } } },
    })),
  );
  for (const name of ["killed", "frozen", "dark", "renewed"]) await probe.until(success(name, "tool_call"), 1);
});
after(async () => {
  frozen?.process.kill("SIGCONT");
  await Promise.all([probe, killed, frozen, old, renewed].map((running) => running?.stop()));
});

const success = (target: string, step: string) => `mcp_probe_success{target="${target}",step="${step}"}`;
const failures = (target: string, step: string, reason: string) =>
  `mcp_probe_failures_total{target="${target}",step="${step}",reason="${reason}"}`;

/** Moves a proxy to another port between two probes: a probe that is under way would lose its session. */
async function redirect(target: string, port: string | undefined): Promise<void> {
  await old.untilMetric('mcp_active_sessions{transport="http"}', 0);
  proxyPorts[target] = port;
}

async function expectFailure(target: string, step: string, reason: string): Promise<void> {
  const before = probe.lines().length;
  const took = await probe.until(success(target, step), 0);
  assert.ok(took <= 2 * INTERVAL_MS, `found after ${took} ms`);
  assert.ok(((await probe.metric(failures(target, step, reason))) ?? 0) >= 1, `${step} failed for another reason`);
  await probe.line((line) => line.target === target && line.step === step);
  const lines = probe.lines().slice(before);
  const steps = lines.flatMap((line) => (line.target === target && line.step ? [line.step] : []));
  assert.deepEqual([...new Set(steps)], [step]);
}

describe("five faults at the same time, each found within two intervals", { concurrency: 5 }, () => {
  test("a killed server fails at tcp with refused", async () => {
    killed.process.kill("SIGKILL");
    await expectFailure("killed", "tcp", "refused");
  });

  describe("a server that is frozen for a while", { concurrency: 1 }, () => {
    test("times out at http while it is: the kernel still takes its connections", async () => {
      frozen.process.kill("SIGSTOP");
      await expectFailure("frozen", "http", "timeout");
    });

    test("is well again when it is thawed", async () => {
      frozen.process.kill("SIGCONT");
      const took = await probe.until(success("frozen", "tool_call"), 1);
      assert.ok(took <= 2 * INTERVAL_MS, `passes again after ${took} ms`);
    });
  });

  test("a black-holed server times out at http", async () => {
    await redirect("dark", undefined);
    await expectFailure("dark", "http", "timeout");
  });

  test("a server that comes back with other tools still passes, and its drift is logged in one line", async () => {
    await redirect("renewed", renewed.url.port);
    const took = await probe.until('mcp_probe_changes{target="renewed",kind="tool_removed"}', removed.length);
    assert.ok(took <= 2 * INTERVAL_MS, `found after ${took} ms`);
    assert.equal(await probe.metric(success("renewed", "tools_list")), 1);
    await timeToGoWrong(INTERVAL_MS / scaled(1));
    const lines = probe.lines().filter(({ msg }) => msg === "tools changed");
    assert.deepEqual(
      lines.map((line) => [line.target, line.changes]),
      [["renewed", removed.map((tool) => `tool_removed ${tool}`)]],
    );
  });

  test("slow targets do not delay other targets", async () => {
    const probes = () => healthy.requests.filter((request) => request === "POST initialize").length;
    const before = probes();
    await until(() => probes() > before, "a probe");
    const firstAt = performance.now();
    await until(() => probes() > before + 2, "two more probes");
    const took = performance.now() - firstAt;
    assert.ok(took < 2.2 * INTERVAL_MS, `two intervals took ${took} ms`);
  });
});

test("the probe names itself to the server, and leaves no session after SIGTERM", async () => {
  const [listed] = old.requests(({ method }) => method === "tools/list");
  assert.equal(listed?.client_name, "mcp-probe");
  assert.equal(await probe.stop(), 0);
  await old.untilMetric('mcp_active_sessions{transport="http"}', 0);
});

/**
 * The LogQL alerts on a real Loki: lines are pushed, and the ruler says what fires. There is no unit-test runner for
 * LogQL. The windows are those of the fast form, rendered from the same file. Skipped where there is no `loki`.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { lokiProgram } from "../test/support/loki-program.ts";
import { timeToGoWrong, until } from "../test/support/wait.ts";

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

const { skip, start } = lokiProgram();
let url = "";

before(async () => {
  if (!skip) url = await start();
});

/** @param agoMs how old the lines are */
async function push(level: string, count: number, agoMs = 0): Promise<void> {
  const stream = { service_name: "mcp-server", container: "mcp-server", level };
  const first = BigInt(Date.now() - agoMs) * 1_000_000n;
  const values = Array.from({ length: count }, (_, index) => [String(first + BigInt(index)), '{"msg":"a line"}']);
  const answer = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  assert.equal(answer.status, 204, await answer.text());
}

async function firing(name: string): Promise<Alert | undefined> {
  const { data } = (await (await fetch(`${url}/prometheus/api/v1/rules`)).json()) as {
    data: { groups: { rules: { name: string; alerts?: Alert[] | null }[] }[] };
  };
  const rule = data.groups.flatMap(({ rules }) => rules).find((candidate) => candidate.name === name);
  assert.ok(rule, `the ruler has ${name}`);
  return rule.alerts?.find(({ state }) => state === "firing");
}

/** A window of the fast form may be over a minute long. */
const WINDOW_MS = 120_000;
const fires = (name: string) => until(async () => (await firing(name)) !== undefined, `${name} fires`, WINDOW_MS);
const ends = (name: string) => until(async () => (await firing(name)) === undefined, `${name} ends`, WINDOW_MS);

test("MCPServerSilent fires without log lines, and resolves after one", { skip }, async () => {
  await fires("MCPServerSilent");
  const alert = await firing("MCPServerSilent");
  assert.equal(alert?.labels.job, "mcp-server");
  assert.equal(alert?.labels.severity, "ticket");
  await push("info", 1);
  await ends("MCPServerSilent");
});

test("a constant rate of error lines is not a spike", { skip }, async () => {
  // 40 in each of the six windows of 30 s before.
  for (let window = 6; window >= 1; window -= 1) await push("error", 40, window * 30_000);
  await push("error", 40, 1000);
  await timeToGoWrong(18_000);
  assert.equal(await firing("MCPErrorLinesSpike"), undefined);
});

test("many more error lines than before are a spike, which resolves", { skip }, async () => {
  await push("error", 1000);
  await fires("MCPErrorLinesSpike");
  const alert = await firing("MCPErrorLinesSpike");
  assert.equal(alert?.labels.job, "mcp-server");
  assert.match(alert?.annotations.description ?? "", /^mcp-server logged 1\d{3} error lines in the last 5 minutes/);
  await ends("MCPErrorLinesSpike");
});

test("one fatal line fires MCPFatalLine; error lines do not", { skip }, async () => {
  assert.equal(await firing("MCPFatalLine"), undefined);
  await push("fatal", 1);
  await fires("MCPFatalLine");
  assert.equal((await firing("MCPFatalLine"))?.labels.job, "mcp-server");
});

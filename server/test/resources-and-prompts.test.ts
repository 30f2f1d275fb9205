/** Resources and prompts have the signals of tools: by template, never by URI, and by registered name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client as StatelessClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type Emissions, runServer, runStdio } from "../../test/support/running-server.ts";

const SESSIONS = "server/test/fixture-server.ts";
const REQUESTS = "server/test/fixture-server-2.ts";

interface User {
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<unknown>;
  readResource(params: { uri: string }): Promise<unknown>;
  close(): Promise<void>;
}

interface Subject extends Emissions {
  readonly client: User;
  stop(): Promise<unknown>;
}

async function ofRequests(): Promise<Subject> {
  const server = await runServer({}, REQUESTS);
  const client = new StatelessClient(
    { name: "test", version: "1.0.0" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  await client.connect(new StreamableHTTPClientTransport(server.url));
  return { ...server, client };
}

async function ofSessions(): Promise<Subject> {
  const server = await runServer({}, SESSIONS);
  return { ...server, client: await server.client() };
}

const SUBJECTS = [
  ["with sessions", "http", ofSessions],
  ["without sessions", "http", ofRequests],
  ["over stdio", "stdio", () => runStdio({}, SESSIONS)],
] as const;

for (const [title, transport, start] of SUBJECTS) {
  test(`${title}, calls, durations, errors and sizes are measured for each prompt and resource`, async (t) => {
    const { client, metric, metrics, untilRequests, stop } = await start();
    t.after(() => stop());
    const prompt = (name: string, value: string) => client.getPrompt({ name, arguments: { name: value } });
    await prompt("greet", "x");
    for (const name of ["broken", "none"]) await assert.rejects(prompt(name, "x"));
    await client.readResource({ uri: "note://store/1" });
    await client.readResource({ uri: "note://store/22" });
    for (const uri of ["note://store/gone", "note://nowhere"]) await assert.rejects(client.readResource({ uri }));
    const lines = await untilRequests(7, ({ method }) => method === "prompts/get" || method === "resources/read");

    const counts = async (name: string, series: Readonly<Record<string, number>>) => {
      for (const [labels, value] of Object.entries(series)) {
        assert.equal(await metric(`${name}{${labels}}`), value, `${name}{${labels}}`);
      }
    };
    const of = (label: string, name: string, status: string) =>
      `${label}="${name}",status="${status}",transport="${transport}"`;
    await counts("mcp_prompt_gets_total", {
      [of("prompt_name", "greet", "success")]: 1,
      [of("prompt_name", "greet", "error")]: 0,
      [of("prompt_name", "broken", "error")]: 1,
      [of("prompt_name", "_OTHER", "rejected")]: 1,
    });
    await counts("mcp_prompt_errors_total", {
      'prompt_name="broken",error_class="unknown",retryable="false"': 1,
      'prompt_name="greet",error_class="unknown",retryable="false"': 0,
    });
    await counts("mcp_prompt_duration_seconds_count", { 'prompt_name="greet",status="success"': 1 });
    await counts("mcp_prompt_input_bytes_sum", { 'prompt_name="greet"': '{"name":"x"}'.length });
    const template = "note://store/{id}";
    await counts("mcp_resource_reads_total", {
      [of("resource_uri", template, "success")]: 2,
      [of("resource_uri", template, "rejected")]: 1,
      [of("resource_uri", "_OTHER", "rejected")]: 1,
    });
    await counts("mcp_resource_errors_total", {
      [`resource_uri="${template}",error_class="unknown",retryable="false"`]: 0,
    });
    await counts("mcp_resource_duration_seconds_count", { [`resource_uri="${template}",status="success"`]: 2 });
    for (const name of [
      `mcp_resource_output_bytes_sum{resource_uri="${template}"}`,
      'mcp_prompt_output_bytes_sum{prompt_name="greet"}',
    ]) {
      assert.ok(Number(await metric(name)) > 40, name);
    }
    assert.doesNotMatch(await metrics(), /note:\/\/store\/(1|22|gone)|nowhere/);
    assert.deepEqual(
      new Set(lines.map(({ prompt_name, resource_uri }) => prompt_name ?? resource_uri)),
      new Set(["greet", "broken", "_OTHER", template]),
    );
    await client.close();
  });
}

test("a hundred resources have series of their own, and further ones are `_OTHER`", async (t) => {
  const server = await runServer({}, "server/test/server-with-many-resources.ts");
  t.after(() => server.stop());
  const client = await server.client();
  for (const number of [1, 100, 101, 102]) await client.readResource({ uri: `many://${number}` });
  const reads = (uri: string) =>
    server.metric(`mcp_resource_reads_total{resource_uri="${uri}",status="success",transport="http"}`);
  assert.deepEqual(await Promise.all(["many://1", "many://100", "many://101", "_OTHER"].map(reads)), [
    1,
    1,
    undefined,
    2,
  ]);
  await client.close();
});

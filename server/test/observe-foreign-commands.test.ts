/** `observe-command.ts` in front of servers that others wrote, in TypeScript and Python, from npm and PyPI. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { spawnChild } from "../../test/support/children.ts";
import { type Argv, clientOf, observed } from "../../test/support/observed-command.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";
import { scaled } from "../../test/support/wait.ts";

const SECRET = "canary-hunter2-vermilion";
const HOME = fileURLToPath(new URL("../../.run/foreign-servers/", import.meta.url));
const PYTHON = join(HOME, "venv", "bin", "python");
const PYTHON_SERVER = `
from mcp.server.mcpserver import MCPServer
server = MCPServer("python")

@server.tool()
def echo(message: str) -> str:
    return message

server.run()
`;

interface ForeignServer {
  readonly name: string;
  /** What exists when it is installed, and what installs it. */
  readonly installed: string;
  readonly install: readonly Argv[];
  readonly command: Argv;
}

const SERVERS: readonly ForeignServer[] = [
  {
    name: "server-everything",
    installed: "node_modules/@modelcontextprotocol/server-everything/dist/index.js",
    install: [
      [
        "npm",
        "install",
        "--prefix",
        HOME,
        "--ignore-scripts",
        "--loglevel=error",
        "@modelcontextprotocol/server-everything@2026.8.31",
      ],
    ],
    command: [
      process.execPath,
      join(HOME, "node_modules/@modelcontextprotocol/server-everything/dist/index.js"),
      "stdio",
    ],
  },
  {
    name: "the Python SDK",
    installed: "venv/bin/mcp",
    install: [
      ["python3", "-m", "venv", join(HOME, "venv")],
      [join(HOME, "venv", "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "mcp==2.3.0"],
    ],
    command: [PYTHON, "-c", PYTHON_SERVER],
  },
];

/** @returns why it cannot be tried; undefined when it is installed */
async function missing({ installed, install }: ForeignServer): Promise<string | undefined> {
  if (existsSync(join(HOME, installed))) return undefined;
  mkdirSync(HOME, { recursive: true });
  for (const command of install) {
    if (!(await succeeds(command))) return `not verified: "${command.join(" ")}" failed; it needs the registry`;
  }
  return undefined;
}

async function succeeds([program = "", ...args]: Argv): Promise<boolean> {
  try {
    const child = spawnChild(program, args, { stdio: "ignore" });
    const [code] = await once(child, "exit", { signal: AbortSignal.timeout(scaled(300_000)) });
    return code === 0;
  } catch {
    return false;
  }
}

async function seen(client: Client) {
  const { tools } = await client.listTools();
  const answer = await client.callTool({ name: "echo", arguments: { message: SECRET } });
  const refused = await client.callTool({ name: "echo", arguments: { message: 1 } }).catch(({ code }) => code);
  return { server: client.getServerVersion(), capabilities: client.getServerCapabilities(), tools, answer, refused };
}

for (const server of SERVERS) {
  test(`${server.name}: a client sees the same with and without, and each call is observed`, async (t) => {
    const skipped = await missing(server);
    if (skipped !== undefined) return t.skip(skipped);
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const direct = await clientOf(server.command);
    const expected = await seen(direct.client);
    await direct.client.close();
    const around = await clientOf(observed(server.command), { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    assert.deepEqual(await seen(around.client), expected);
    const [line] = await around.untilRequests(1, ({ tool_name }) => tool_name === "echo");
    const exposed = await around.metrics();
    assert.match(exposed, /^mcp_tool_calls_total\{tool_name="echo",status="success",transport="stdio"\} 1/m);
    await around.client.close();
    const span = await receiver.until((spans) => spans.find(({ name }) => name === "tools/call echo"));
    assert.equal(span.traceId, line?.trace_id);
    const ours = around.lines().map((one) => JSON.stringify(one));
    assert.equal(
      [exposed, ...ours, ...receiver.bodies].some((said) => said.includes(SECRET)),
      false,
    );
  });
}

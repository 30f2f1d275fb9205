/** The preload in, and `observe-command.ts` in front of, servers that others wrote, in TypeScript and Python, from npm and PyPI. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { HOME, missing } from "../../test/support/foreign-servers.ts";
import { type Argv, clientOf, observed } from "../../test/support/observed-command.ts";
import { otlpReceiver } from "../../test/support/otlp-receiver.ts";

const SECRET = "canary-hunter2-vermilion";
const REGISTER = new URL("../telemetry/register.ts", import.meta.url).href;
const FILES = join(HOME, SECRET);

const WAYS: Readonly<Record<string, (command: Argv) => Argv>> = {
  "around the command": observed,
  "with the preload": ([node, ...args]) => [node, "--import", REGISTER, ...args],
};

interface ForeignServer {
  readonly name: string;
  /** What exists when it is installed, and what installs it. */
  readonly installed: string;
  readonly install: readonly Argv[];
  readonly command: Argv;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ways: readonly (keyof typeof WAYS)[];
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly outcome: "success" | "error";
}

/** @param name of the package, with its version @param program inside it */
function fromNpm(
  name: string,
  program: string,
  ...args: string[]
): Omit<ForeignServer, "tool" | "arguments" | "outcome"> {
  const installed = join("node_modules", name.slice(0, name.lastIndexOf("@")), program);
  const flags = ["--prefix", HOME, "--ignore-scripts", "--loglevel=error"];
  return {
    name,
    installed,
    install: [["npm", "install", ...flags, name]],
    command: [process.execPath, join(HOME, installed), ...args],
    ways: ["around the command", "with the preload"],
  };
}

/** @param name of the package, with its version @param module and class that make a server */
function fromPyPi(name: string, module: string, kind: string): Omit<ForeignServer, "tool" | "arguments" | "outcome"> {
  const folder = `venv-${name.split("=")[0]}`;
  const program = `
from ${module} import ${kind}
server = ${kind}("python")

@server.tool()
def echo(message: str) -> str:
    return message

server.run(${kind === "FastMCP" ? "show_banner=False" : ""})
`;
  return {
    name,
    installed: `${folder}/installed`,
    install: [
      ["python3", "-m", "venv", join(HOME, folder)],
      [join(HOME, folder, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", name],
      ["touch", join(HOME, folder, "installed")],
    ],
    command: [join(HOME, folder, "bin", "python"), "-c", program],
    ways: ["around the command"],
  };
}

const ECHO = { tool: "echo", arguments: { message: SECRET }, outcome: "success" } as const;

const SERVERS: readonly ForeignServer[] = [
  { ...fromNpm("@modelcontextprotocol/server-everything@2026.8.31", "dist/index.js", "stdio"), ...ECHO },
  {
    ...fromNpm("@modelcontextprotocol/server-filesystem@2026.8.31", "dist/index.js", FILES),
    tool: "list_directory",
    arguments: { path: FILES },
    outcome: "success",
  },
  {
    // A low-level Server on zod 3, in a minified bundle.
    ...fromNpm("@notionhq/notion-mcp-server@2.5.2", "bin/cli.mjs"),
    // Nothing listens there: it is not to call Notion.
    environment: { NOTION_TOKEN: SECRET, HTTPS_PROXY: "http://127.0.0.1:1" },
    tool: "API-retrieve-a-page",
    arguments: { page_id: SECRET },
    outcome: "error",
  },
  { ...fromPyPi("mcp==2.3.0", "mcp.server.mcpserver", "MCPServer"), ...ECHO },
  { ...fromPyPi("fastmcp==4.2.3", "fastmcp", "FastMCP"), ...ECHO },
];

/** The folder that server-filesystem is to list. */
before(() => {
  mkdirSync(FILES, { recursive: true });
  writeFileSync(join(FILES, SECRET), SECRET);
});

async function seen(client: Client, { tool, arguments: given }: ForeignServer) {
  const { tools } = await client.listTools();
  const call = (name: string, args: Readonly<Record<string, unknown>>) =>
    client.callTool({ name, arguments: args }).catch(({ code, message }) => ({ code, message }));
  const answers = [await call(tool, given), await call(tool, {}), await call(SECRET, {})];
  return { server: client.getServerVersion(), capabilities: client.getServerCapabilities(), tools, answers };
}

for (const server of SERVERS) {
  for (const way of server.ways) {
    test(`${server.name} ${way}: a client sees the same, and each call is observed`, async (t) => {
      const skipped = await missing(server);
      if (skipped !== undefined) return t.skip(skipped);
      const receiver = await otlpReceiver();
      t.after(() => receiver.close());
      const direct = await clientOf(server.command, server.environment);
      const expected = await seen(direct.client, server);
      await direct.client.close();
      const own = { ...server.environment, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
      const around = await clientOf(WAYS[way]?.(server.command) ?? assert.fail(), own);
      assert.deepEqual(await seen(around.client, server), expected);
      const [line] = await around.untilRequests(2, ({ tool_name }) => tool_name === server.tool);
      assert.equal(line?.outcome, server.outcome);
      const exposed = await around.metrics();
      const labels = `tool_name="${server.tool}",status="${server.outcome}",transport="stdio"`;
      assert.match(exposed, new RegExp(`^mcp_tool_calls_total\\{${labels}\\} [12]`, "m"));
      await around.client.close();
      const span = await receiver.until((spans) => spans.find(({ traceId }) => traceId === line?.trace_id));
      assert.equal(span.name, `tools/call ${server.tool}`);
      const ours = around.lines().map((one) => JSON.stringify(one));
      assert.equal(
        [exposed, ...ours, ...receiver.bodies].some((said) => said.includes(SECRET)),
        false,
      );
    });
  }
}
